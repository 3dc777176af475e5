/** Random weights and onnxruntime in the test's own process, for models that are known not to abort it. */
import ort from 'onnxruntime-node';
import { createRandom } from '../../../shared/base/random.ts';
import { float32Tensor } from '../../../shared/onnx/make-tensor.ts';
import type { Graph, Model, Node, ValueInfo } from '../../../shared/onnx/model.ts';
import type { StoredTensor } from '../../../shared/onnx/stored-tensor.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';

/** Normal numbers of a seed. */
export function normals(count: number, seed = 1): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: count }, () => random.normal());
}

/** A float32 tensor of normal numbers; its seed comes from its name. */
export function weight(name: string, dims: readonly number[]): StoredTensor {
  const count = dims.reduce((product, dim) => product * dim, 1);
  const seed = [...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7);
  return float32Tensor(name, dims, normals(count, seed));
}

export const float32 = (name: string, shape: readonly (number | string)[]): ValueInfo => ({
  name,
  type: { kind: 'tensor', elementType: 'float32', shape },
});

export const int64 = (name: string, shape: readonly (number | string)[]): ValueInfo => ({
  name,
  type: { kind: 'tensor', elementType: 'int64', shape },
});

/** A model with types at its border, so that onnxruntime can load it. */
export function modelOf(
  nodes: readonly Node[],
  inputs: readonly ValueInfo[],
  outputs: readonly ValueInfo[],
  initializers: readonly StoredTensor[],
  opset = 17,
): Model {
  const graph: Graph = {
    name: 'g',
    nodes,
    initializers: new Map(initializers.map((tensor) => [tensor.name, tensor])),
    sparseInitializers: [],
    inputs,
    outputs,
    valueInfo: new Map(),
  };
  return {
    irVersion: 8,
    opsets: new Map([['', opset]]),
    graph,
    functions: [],
    producerName: '',
    producerVersion: '',
    domain: '',
    modelVersion: 0,
    docString: '',
    metadata: new Map(),
  };
}

export interface Feed {
  readonly type: 'float32' | 'int64' | 'bool';
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array | Uint8Array;
}

export const feed = (dims: readonly number[], seed = 11): Feed => ({
  type: 'float32',
  dims,
  data: normals(
    dims.reduce((product, dim) => product * dim, 1),
    seed,
  ),
});

/** The first output, by default with all optimizations, so that the kernels of users run. */
export async function firstOutput(
  model: Model,
  feeds: Readonly<Record<string, Feed>>,
  options: Readonly<Record<string, unknown>> = {},
): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(encodeModel(model), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
    ...options,
  });
  try {
    const tensors = Object.entries(feeds).map(([name, { type, dims, data }]) => [
      name,
      new ort.Tensor(type, data as Float32Array, dims),
    ]);
    const results = await session.run(Object.fromEntries(tensors));
    return results[session.outputNames[0] ?? '']?.data as Float32Array;
  } finally {
    await session.release();
  }
}

/** ‖a − b‖ / ‖b‖. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    difference += ((a[i] ?? Number.NaN) - (b[i] ?? 0)) ** 2;
    size += (b[i] ?? 0) ** 2;
  }
  return Math.sqrt(difference / size);
}
