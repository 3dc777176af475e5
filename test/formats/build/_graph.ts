/** Graphs under construction: what is in them, and what they give. */
import ort from 'onnxruntime-node';
import type { Builder } from '../../../shared/formats/build/builder.ts';
import { permuteTensor } from '../../../shared/formats/build/builder.ts';
import type { Order } from '../../../shared/formats/build/order.ts';
import { prune } from '../../../shared/formats/build/prune.ts';
import type { Value } from '../../../shared/formats/build/value.ts';
import type { ElementType } from '../../../shared/onnx/element-type.ts';
import { irVersionOf } from '../../../shared/onnx/ir-version.ts';
import { bytesOf, rawTensor } from '../../../shared/onnx/make-tensor.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';

/** The operators of the graph, in order. */
export const opsOf = (b: Builder): string[] => b.graph('g').nodes.map(({ opType }) => opType);

/** `0, 1, 2 …` as many as the sizes tell. */
export const counting = (dims: readonly number[]): Float32Array =>
  Float32Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, (_, at) => at);

/** A float32 input of the source's sizes that is held in `order`, and the numbers to feed it with. */
export function heldInput(
  b: Builder,
  name: string,
  dims: readonly number[],
  order?: Order,
): { readonly value: Value; readonly feed: ort.Tensor } {
  const tensor = permuteTensor(rawTensor('', 'float32', dims, bytesOf(counting(dims))), order);
  const bytes = tensor.storage.kind === 'memory' ? tensor.storage.bytes : new Uint8Array();
  b.input(name, 'float32', tensor.dims);
  const data = new Float32Array(bytes.slice().buffer);
  return {
    value: b.named(name, 'float32', dims, order),
    feed: new ort.Tensor('float32', data, tensor.dims),
  };
}

/** Runs the graph with the values as its outputs; gives their numbers and their sizes. */
export async function run(
  b: Builder,
  values: readonly Value[],
  feeds: Readonly<Record<string, ort.Tensor>>,
): Promise<{ readonly dims: readonly number[]; readonly numbers: readonly number[] }[]> {
  for (const [index, value] of values.entries()) b.output(`out${index}`, value);
  const session = await ort.InferenceSession.create(
    encodeModel({
      irVersion: irVersionOf(b.opset),
      opsets: new Map([['', b.opset]]),
      graph: prune(b.graph('g')),
      functions: [],
      producerName: '',
      producerVersion: '',
      domain: '',
      modelVersion: 0,
      docString: '',
      metadata: new Map(),
    }),
    { graphOptimizationLevel: 'disabled', intraOpNumThreads: 1, logSeverityLevel: 4 },
  );
  try {
    const results = await session.run(feeds);
    return values.map((_, index) => {
      const result = results[`out${index}`];
      return {
        dims: result?.dims ?? [],
        numbers: Array.from((result?.data ?? []) as Float32Array, Number),
      };
    });
  } finally {
    await session.release();
  }
}

/** An input of any type and shape. */
export const anyInput = (
  b: Builder,
  type: ElementType,
  shape: readonly (number | string | null)[] | null,
): Value => b.parameter('x', type, shape);
