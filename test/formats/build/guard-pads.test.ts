import ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { buildModel, LOWEST_OPSET } from '../../../shared/formats/build/build-model.ts';
import type { Builder } from '../../../shared/formats/build/builder.ts';
import { unary } from '../../../shared/formats/build/elementwise.ts';
import { pad } from '../../../shared/formats/build/slice.ts';
import type { Value } from '../../../shared/formats/build/value.ts';
import { pool } from '../../../shared/formats/build/window.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';

/** A maximum over `[1, 4, 4, 1]` with a margin of zeros, or of `fill`. */
function build(
  before: (b: Builder, x: Value) => Value,
  { fill, twice = false, opset }: { fill?: number; twice?: boolean; opset?: number } = {},
) {
  const margins = [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ] as const;
  return buildModel(opset, (b) => {
    const x = b.input('x', 'float32', [1, 4, 4, 1]);
    const value = fill === undefined ? undefined : b.numbers([fill], 'float32', []);
    const padded = pad(b, before(b, x), margins, 'constant', value);
    const window = { kernel: [3, 3], strides: [2, 2], padding: 'VALID' } as const;
    b.output('y', pool(b, 'MaxPool', padded, window));
    if (twice) b.output('z', padded);
  }).model;
}

const asItIs = (_: Builder, x: Value): Value => x;

describe('a maximum over margins of zeros', () => {
  it('is computed by onnxruntime as it is written', async () => {
    const x = new Float32Array(16).fill(-5);
    const session = await ort.InferenceSession.create(encodeModel(build(asItIs)));
    const { y } = await session.run({ x: new ort.Tensor('float32', x, [1, 4, 4, 1]) });
    // The last window alone sees no margin.
    expect([...(y?.data ?? [])]).toEqual([0, 0, 0, -5]);
  });

  it.each([
    ['zeros by default', build(asItIs), 18, 4],
    ['zeros that are written', build(asItIs, { fill: 0 }), 18, 4],
    ['other margins', build(asItIs, { fill: -1 }), LOWEST_OPSET, 3],
    ['what is never negative', build((b, x) => unary(b, 'Relu', x)), LOWEST_OPSET, 2],
    ['what may be', build((b, x) => unary(b, 'Neg', x)), 18, 4],
    ['margins that others read, too', build(asItIs, { twice: true }), 18, 4],
    ['a version that was asked for', build(asItIs, { opset: 17 }), 17, 2],
  ])('names its axes where it must: %s', (_what, { opsets, graph }, opset, inputs) => {
    expect(opsets.get('')).toBe(opset);
    expect(graph.nodes.find(({ opType }) => opType === 'Pad')?.inputs).toHaveLength(inputs);
  });
});
