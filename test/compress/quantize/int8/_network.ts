/** A small image classifier with all that static quantization treats apart. */
import { silentLog } from '../../../../shared/base/log.ts';
import type { Int8Context } from '../../../../shared/compress/quantize/int8/context.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import { float32Tensor } from '../../../../shared/onnx/make-tensor.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import type { StoredTensor } from '../../../../shared/onnx/stored-tensor.ts';
import { floatValues } from '../../../../shared/onnx/tensor-data.ts';
import { float32, modelOf, normals, weight } from '../_numeric.ts';
import { normalSource } from './_samples.ts';

const PADS = [1, 1, 1, 1];

/** Normal numbers that keep sums of products at the size of their inputs. */
function scaled(name: string, dims: readonly number[]): StoredTensor {
  const columns = dims.slice(1).reduce((product, dim) => product * dim, 1);
  const values = normals(columns * (dims[0] ?? 1), name.charCodeAt(1) * 7 + name.charCodeAt(0));
  return float32Tensor(
    name,
    dims,
    values.map((value) => value * Math.sqrt(2 / columns)),
  );
}

/** Convolutions with a clamp, a depthwise one, a residual sum, a pool and a Gemm: 5 weighted nodes. */
export const NETWORK: Model = modelOf(
  [
    makeNode('Conv', ['x', 'w1', 'b1'], ['c1'], { pads: PADS }),
    makeNode('Relu', ['c1'], ['r1']),
    makeNode('Conv', ['r1', 'w2'], ['c2'], { pads: PADS, group: 16 }),
    makeNode('Conv', ['c2', 'w3', 'b3'], ['c3']),
    makeNode('Add', ['c3', 'r1'], ['s']),
    makeNode('Conv', ['s', 'w4'], ['c4'], { pads: PADS }),
    makeNode('Relu', ['c4'], ['r4']),
    makeNode('GlobalAveragePool', ['r4'], ['p']),
    makeNode('Flatten', ['p'], ['f'], { axis: 1 }),
    makeNode('Gemm', ['f', 'w5', 'b5'], ['t'], { transB: 1 }),
    makeNode('Softmax', ['t'], ['y']),
  ],
  [float32('x', [1, 3, 8, 8])],
  [float32('y', [1, 4])],
  [
    scaled('w1', [16, 3, 3, 3]),
    scaled('b1', [16]),
    scaled('w2', [16, 1, 3, 3]),
    scaled('w3', [16, 16, 1, 1]),
    scaled('b3', [16]),
    scaled('w4', [16, 16, 3, 3]),
    scaled('w5', [4, 16]),
    scaled('b5', [4]),
  ],
);

/**
 * The same with one channel that is always large and that only the residual sum lets through: its range
 * leaves the others few codes, so that c1, c2 and c4 do harm as integers.
 */
export const OUTLIER: Model = changed(NETWORK, {
  b1: (value, at) => (at === 0 ? 1000 : value),
  w2: (value, at) => (at < 9 ? 0 : value),
  w4: (value, at) => (at % 144 < 9 ? 0 : value),
  w5: (value) => 8 * value,
});

/** The model with every element of these weights changed. */
export function changed(
  model: Model,
  changes: Readonly<Record<string, (value: number, at: number) => number>>,
): Model {
  const initializers = new Map(model.graph.initializers);
  for (const [name, change] of Object.entries(changes)) {
    const tensor = initializers.get(name);
    if (tensor)
      initializers.set(name, float32Tensor(name, tensor.dims, floatValues(tensor).map(change)));
  }
  return { ...model, graph: { ...model.graph, initializers } };
}

const HIDDEN = 16;

/** An LSTM of 5 steps whose last state a MatMul reads. */
export const RECURRENT: Model = modelOf(
  [
    makeNode('LSTM', ['x', 'w', 'r'], ['sequence', 'state'], { hidden_size: HIDDEN }),
    makeNode('Squeeze', ['state'], ['h']),
    makeNode('MatMul', ['h', 'v'], ['y']),
  ],
  [float32('x', [5, 2, 32])],
  [float32('y', [2, 32])],
  [
    weight('w', [1, 4 * HIDDEN, 32]),
    weight('r', [1, 4 * HIDDEN, HIDDEN]),
    weight('v', [HIDDEN, 32]),
  ],
);

const spread = (at: number): number => 2 ** ((at % 16) - 8);

/** Two matrices with a value between them whose channels differ by up to 2¹⁵. */
export const UNEVEN: Model = changed(
  modelOf(
    [makeNode('MatMul', ['x', 'v'], ['h']), makeNode('MatMul', ['h', 'w'], ['y'])],
    [float32('x', [8, 32])],
    [float32('y', [8, 32])],
    [weight('v', [32, 16]), weight('w', [16, 32])],
  ),
  {
    v: (value, at) => value * spread(at),
    w: (value, at) => value / spread(Math.floor(at / 32)),
  },
);

/** A context for {@link NETWORK}, without search unless told otherwise. */
export const contextOf = (parts: Partial<Int8Context> = {}): Int8Context => ({
  hardware: 'x64',
  calibration: normalSource(24, 'x', [1, 3, 8, 8]),
  seed: 1,
  seconds: 0,
  log: silentLog,
  ...parts,
});
