import { expect, test } from 'vitest';
import * as library from '../shared/index.ts';

test('the library’s door offers what its documentation shows', () => {
  expect(Object.keys(library)).toEqual(
    expect.arrayContaining([
      'resolveJob',
      'openLocalContext',
      'runJobs',
      'inspectModel',
      'readConfig',
      'InputError',
    ]),
  );
});
