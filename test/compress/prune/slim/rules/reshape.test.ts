import { describe, expect, it } from 'vitest';
import { verifyModel } from '../../../../../shared/onnx/verify.ts';
import { float32, modelOf, relativeError } from '../../../quantize/_numeric.ts';
import { between, described } from '../_described.ts';
import { ints, n, w } from '../_nets.ts';
import { bothOutputs, someOf, traced } from '../_removal.ts';

describe('Reshape and Flatten', () => {
  it.each([
    [
      'channels in blocks',
      between(
        8,
        [ints('cut', 2, 4, 2, 36), ints('join', 2, 8, 6, 6)],
        n('Reshape', ['f', 'cut'], ['g']),
        n('Reshape', ['g', 'join'], ['z']),
      ),
      ['f 4x2'],
    ],
    [
      'channels mixed with samples',
      between(
        8,
        [ints('cut', 4, 4, 6, 6), ints('join', 2, 8, 6, 6)],
        n('Reshape', ['f', 'cut'], ['g']),
        n('Reshape', ['g', 'join'], ['z']),
      ),
      // Of both samples the first half lies in one row, the other half in the next.
      ['f 2x4'],
    ],
    [
      'everything in one row',
      between(
        8,
        [ints('row', -1), ints('join', 2, 8, 6, 6)],
        n('Reshape', ['f', 'row'], ['g']),
        n('Reshape', ['g', 'join'], ['z']),
      ),
      ['f 8x1'],
    ],
  ])('%s', async (_, model, expected) => {
    expect(await described(model)).toEqual(expected);
  });

  it('puts numbers in place of a shape that is computed', async () => {
    const open = modelOf(
      [
        n('Conv', ['x', 'a'], ['f']),
        n('Shape', ['x'], ['s'], { start: 0, end: 1 }),
        n('Concat', ['s', 'rest'], ['shape'], { axis: 0 }),
        n('Reshape', ['f', 'shape'], ['g']),
        n('MatMul', ['g', 'b'], ['y']),
      ],
      [float32('x', ['N', 3, 2, 2])],
      [float32('y', ['N', 4])],
      [w('a', 8, 3, 1, 1), ints('rest', 32), w('b', 32, 4)],
    );
    const model = {
      ...open,
      graph: { ...open.graph, valueInfo: new Map([['g', float32('g', ['N', 32])]]) },
    };
    const known = await traced(model);
    expect(await described(model)).toEqual(['f 8x1']);
    const sized = {
      ...model,
      graph: {
        ...model.graph,
        inputs: [float32('x', [3, 3, 2, 2])],
        outputs: [float32('y', [3, 4])],
      },
    };
    const { cut } = await bothOutputs(sized, await traced(sized), someOf(known, 1));
    expect(verifyModel(cut)).toEqual([]);
    const { given, wanted } = await bothOutputs(sized, await traced(sized), someOf(known, 2));
    expect(relativeError(given, wanted)).toBeLessThan(1e-5);
  });
});
