import { expect, it } from 'vitest';
import { Channels } from '../../../../shared/compress/prune/slim/channels.ts';
import { Cut } from '../../../../shared/compress/prune/slim/cut.ts';
import { GraphEditor } from '../../../../shared/onnx/graph-editor.ts';
import { integerValues } from '../../../../shared/onnx/tensor-data.ts';
import { PLAIN } from './_nets.ts';

it('says what stays, and makes constants of new names', () => {
  const channels = new Channels();
  const [one, other] = [channels.fresh(4), channels.fresh(4)];
  channels.joinAll(one, other);
  const editor = new GraphEditor(PLAIN.graph, { irVersion: 8 });
  const cut = new Cut(channels, new Set([1, 2]), editor);
  expect(cut.kept(other)).toEqual([0, 3]);
  expect([cut.isWhole(other), cut.isWhole(other.subarray(3))]).toEqual([false, true]);
  const names = [cut.ints('a', [7, 8]), cut.int('a', 9)];
  expect(names).toEqual(['a_1', 'a_2']);
  const made = names.flatMap((name) => editor.constant(name) ?? []);
  expect(made.map((tensor) => [tensor.dims, integerValues(tensor)])).toEqual([
    [[2], [7, 8]],
    [[], [9]],
  ]);
});
