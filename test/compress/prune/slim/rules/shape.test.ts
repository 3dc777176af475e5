import { describe, expect, it } from 'vitest';
import { int64Tensor } from '../../../../../shared/onnx/make-tensor.ts';
import { between, described } from '../_described.ts';
import { ints, n } from '../_nets.ts';

const scaledBy = (...nodes: readonly ReturnType<typeof n>[]) =>
  between(
    8,
    [int64Tensor('at', [], [1]), ints('from', 2), ints('to', 4), ints('zero', 0)],
    n('Shape', ['f'], ['s']),
    ...nodes,
    n('Cast', ['size'], ['c'], { to: 1 }),
    n('ReduceMax', ['c'], ['m']),
    n('Div', ['f', 'm'], ['z']),
  );

describe('Shape', () => {
  it.each([
    [
      'all sizes',
      scaledBy(n('Identity', ['s'], ['size'])),
      ["f 8: Shape 's' reads how many they are"],
    ],
    [
      'how many channels',
      scaledBy(n('Gather', ['s', 'at'], ['size'])),
      ["f 8: Shape 's' reads how many they are"],
    ],
    ['how many samples', scaledBy(n('Gather', ['s', 'zero'], ['size'])), ['f 8x1']],
    ['how many places', scaledBy(n('Slice', ['s', 'from', 'to'], ['size'])), ['f 8x1']],
  ])('%s', async (_, model, expected) => {
    expect(await described(model)).toEqual(expected);
  });
});
