import { expect, test } from 'vitest';
import { readModelKey } from '../../../shared/pipeline/distributed/model-keys.ts';

const RUN = '0123456789ab-0123456789ab';

test.each([
  ['models/a/latest.json', { kind: 'pointer', name: 'a', pointer: 'latest' }],
  ['models/a/b/candidate.json', { kind: 'pointer', name: 'a/b', pointer: 'candidate' }],
  // Names that look like ours.
  ['models/a/runs/b/latest.json', { kind: 'pointer', name: 'a/runs/b', pointer: 'latest' }],
  [`models/a/runs/runs/${RUN}/m.onnx`, { kind: 'run', name: 'a/runs', id: RUN, file: 'm.onnx' }],
  [`models/a/runs/${RUN}/m/x.bin`, { kind: 'run', name: 'a', id: RUN, file: 'm/x.bin' }],
  // A file of a run may be called as a pointer is.
  [`models/a/runs/${RUN}/latest.json`, { kind: 'run', name: 'a', id: RUN, file: 'latest.json' }],
  [
    'models/a/runs/unread-0123456789ab/error.json',
    { kind: 'run', name: 'a', id: 'unread-0123456789ab', file: 'error.json' },
  ],
  ['models/stray.txt', undefined],
  ['models/latest.json', undefined],
  ['jobs/a/latest.json', undefined],
])('%s', (key, expected) => {
  expect(readModelKey(key)).toEqual(expected);
});
