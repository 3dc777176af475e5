import { expect, it } from 'vitest';
import { blocksOf } from '../../../../../shared/compress/prune/slim/rules/blocks.ts';
import type { Dim } from '../../../../../shared/onnx/model.ts';

const shown = (before: readonly Dim[], after: readonly Dim[]): string =>
  blocksOf(before, after)
    .map(({ ins, outs }) => `${ins.join()}>${outs.join()}`)
    .join(' ');

it.each<readonly [readonly Dim[], readonly Dim[], string]>([
  [[2, 8, 3, 3], [2, 72], '0>0 1,2,3>1'],
  [['N', 8, 3, 3], ['N', 72], '0>0 1,2,3>1'],
  [['N', 8, 3, 3], [null, 72], '0>0 1,2,3>1'],
  [['B', 'T', 24], ['B', 'T', 6, 4], '0>0 1>1 2>2,3'],
  // Sizes in front are computed: what lies behind is known all the same.
  [['B', 'T', 24], [null, null, 6, 4], '2>2,3'],
  [['B', 'T', 6, 4], [null, 'T', 24], '1>1 2,3>2'],
  [['N', 8, 1, 1], ['N', 8], '0>0 1,2,3>1'],
  [['N', 8], ['N', 8, 1, 1], '0>0 1>1,2,3'],
  [[2, 3, 4], [3, 2, 4], '0,1>0,1 2>2'],
  [['N', 'C', 4], ['C', 'N', 4], '2>2'],
  [['N', 8], ['N', 4, 'M'], '0>0'],
  [[0, 4], [0, 4], '1>1'],
])('%j and %j: %s', (before, after, expected) => {
  expect(shown(before, after)).toBe(expected);
});
