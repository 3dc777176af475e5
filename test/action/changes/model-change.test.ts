import { expect, test } from 'vitest';
import { bytesOf } from '../../../action/changes/model-change.ts';

test('bytes are those of the files, not of pointers', () => {
  const lfs = { sha256: 'a'.repeat(64), bytes: 1_000_000 };
  const files = [
    { path: 'a', blob: 'b', bytes: 130, lfs },
    { path: 'c', blob: 'd', bytes: 5 },
  ];
  expect(bytesOf({ path: 'a', files })).toBe(1_000_005);
});
