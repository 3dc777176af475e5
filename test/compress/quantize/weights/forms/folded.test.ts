import { describe, expect, it } from 'vitest';
import { makeNode } from '../../../../../shared/onnx/make-node.ts';
import { float32Tensor } from '../../../../../shared/onnx/make-tensor.ts';
import { feed, firstOutput, float32, modelOf, relativeError, weight } from '../../_numeric.ts';
import { applied, integers, opTypes, reals } from '../_plan.ts';

const conv = modelOf(
  [makeNode('Conv', ['x', 'w'], ['y'])],
  [float32('x', [1, 4, 6, 6])],
  [float32('y', [1, 8, 4, 4])],
  [weight('w', [8, 4, 3, 3])],
);

describe('folded', () => {
  const quantized = applied(conv, [{ name: 'y', form: 'folded' }]);

  it('writes codes, Cast and Mul in place of the weight', () => {
    expect(opTypes(quantized)).toEqual(['Cast', 'Mul', 'Conv']);
    expect([...quantized.graph.initializers.keys()]).toEqual(['w_int8', 'w_scale']);
  });

  it('computes what float32 with the rounded weights does, to the bit', async () => {
    const scales = reals(quantized, '_scale');
    const values = integers(quantized, '_int8').map((code, i) =>
      Math.fround(code * (scales[Math.floor(i / 36)] ?? 0)),
    );
    const reference = {
      ...conv,
      graph: {
        ...conv.graph,
        initializers: new Map([['w', float32Tensor('w', [8, 4, 3, 3], values)]]),
      },
    };
    const feeds = { x: feed([1, 4, 6, 6]) };
    const expected = await firstOutput(reference, feeds);
    expect(await firstOutput(quantized, feeds)).toEqual(expected);
    expect(relativeError(expected, await firstOutput(conv, feeds))).toBeLessThan(0.01);
  });

  it('writes 16 bits where the plan says so: 256 times as close', async () => {
    const finer = applied(conv, [{ name: 'y', form: 'folded', bits: 16 }]);
    expect(finer.graph.initializers.get('w_int16')?.type).toBe('int16');
    const feeds = { x: feed([1, 4, 6, 6]) };
    const float = await firstOutput(conv, feeds);
    const [coarse, fine] = [
      relativeError(await firstOutput(quantized, feeds), float),
      relativeError(await firstOutput(finer, feeds), float),
    ];
    // A step is 258 times as small; both errors are chance.
    expect(coarse / fine).toBeGreaterThan(100);
  });

  it('shares the weight of two nodes', () => {
    const twice = modelOf(
      [makeNode('MatMul', ['x', 'w'], ['t']), makeNode('MatMul', ['t', 'w'], ['y'])],
      [float32('x', [2, 8])],
      [float32('y', [2, 8])],
      [weight('w', [8, 8])],
    );
    expect(
      opTypes(
        applied(twice, [
          { name: 't', form: 'folded' },
          { name: 'y', form: 'folded' },
        ]),
      ),
    ).toEqual(['Cast', 'Mul', 'MatMul', 'MatMul']);
  });

  it('keeps a weight that another node still reads', () => {
    const shared = modelOf(
      [makeNode('MatMul', ['x', 'w'], ['t']), makeNode('Add', ['t', 'w'], ['y'])],
      [float32('x', [8, 8])],
      [float32('y', [8, 8])],
      [weight('w', [8, 8])],
    );
    const result = applied(shared, [{ name: 't', form: 'folded' }]);
    expect([...result.graph.initializers.keys()]).toEqual(['w', 'w_int8', 'w_scale']);
  });

  it('gives each row of each direction of an LSTM a scale', async () => {
    const lstm = modelOf(
      [makeNode('LSTM', ['x', 'w', 'r'], ['y'], { hidden_size: 5, direction: 'bidirectional' })],
      [float32('x', [3, 1, 6])],
      [float32('y', [3, 2, 1, 5])],
      [weight('w', [2, 20, 6]), weight('r', [2, 20, 5])],
    );
    const result = applied(lstm, [{ name: 'y', form: 'folded' }]);
    expect(result.graph.initializers.get('w_scale')?.dims).toEqual([2, 20, 1]);
    const feeds = { x: feed([3, 1, 6]) };
    expect(
      relativeError(await firstOutput(result, feeds), await firstOutput(lstm, feeds)),
    ).toBeLessThan(0.01);
  });
});
