/** A model for batches of one size: every size in it is then a number. */

import { InputError } from '../base/errors.ts';
import { product } from '../base/product.ts';
import type { NamedTensors, Tensor } from '../base/tensor.ts';
import { batchAxisOf, batchSymbols } from '../measure/data/bind-array.ts';
import { inputSignature } from '../measure/data/input-signature.ts';
import { fedInputs } from '../onnx/fed-inputs.ts';
import { int64Tensor } from '../onnx/make-tensor.ts';
import type { Dim, Graph, Model, Node, ValueInfo } from '../onnx/model.ts';
import type { StoredTensor } from '../onnx/stored-tensor.ts';
import { TakenNames } from '../onnx/taken-names.ts';
import { integerValues } from '../onnx/tensor-data.ts';
import { foldShapes } from '../passes/fold-shapes.ts';
import { runToFixpoint } from '../rewrite/run-passes.ts';
import { inferTypes } from '../runtime/infer-types.ts';
import { openSession } from '../runtime/session.ts';

/** How the samples of a batch lie in one input. */
export interface BatchInput {
  readonly name: string;
  /** `undefined`: it is the same for all samples. */
  readonly axis: number | undefined;
  /** Of one sample. */
  readonly dims: readonly number[];
}

export interface BatchForm {
  readonly model: Model;
  readonly inputs: readonly BatchInput[];
  /** Samples a batch: 1 where the model cannot take more. */
  readonly batch: number;
}

/** Shapes become constants one after another: each round knows more sizes. */
const MAX_ROUNDS = 4;

/**
 * For samples like `sample`. A model that is fixed to one sample is given a batch where its outputs are then as many, and
 * those of each sample as before.
 * @throws InputError for a sample without a tensor for an input
 */
export async function batchForm(
  model: Model,
  sample: NamedTensors,
  wanted: number,
): Promise<BatchForm> {
  const inputs = batchInputs(model, sample);
  const declared = new Map(fedInputs(model).map((input) => [input.name, shapeOf(input)]));
  const isFree = inputs.every(
    ({ name, axis }) => axis === undefined || typeof declared.get(name)?.[axis] !== 'number',
  );
  if (isFree || wanted === 1)
    return { model: await sized(model, inputs, wanted), inputs, batch: wanted };
  const many = await sized(withBatchInShapes(model, wanted), inputs, wanted);
  const one = await sized(model, inputs, 1);
  const isApart =
    (await givesMany(one, many, wanted)) &&
    (await keepsApart(one, many, { inputs, sample, wanted }));
  return isApart ? { model: many, inputs, batch: wanted } : { model: one, inputs, batch: 1 };
}

function batchInputs(model: Model, sample: NamedTensors): BatchInput[] {
  const signatures = fedInputs(model).map(inputSignature);
  const symbols = batchSymbols(signatures);
  return signatures.map(({ name, shape }) => {
    const dims = sample[name]?.dims;
    if (!dims)
      throw new InputError(`the training samples have nothing for the input "${name}"`, {
        where: name,
      });
    return { name, dims, axis: dims.length === 0 ? undefined : batchAxisOf(shape, symbols) };
  });
}

const shapeOf = ({ type }: ValueInfo): readonly Dim[] | null =>
  type?.kind === 'tensor' ? type.shape : null;

/** With all inputs of fixed sizes, and what follows from them computed. */
async function sized(model: Model, inputs: readonly BatchInput[], batch: number): Promise<Model> {
  const { graph } = model;
  const sizes = new Map(inputs.map((input) => [input.name, batchDims(input, batch)]));
  const fixed: Graph = {
    ...graph,
    inputs: graph.inputs.map((input) => withShape(input, sizes.get(input.name) ?? null)),
    outputs: graph.outputs.map((output) => withShape(output, null)),
    valueInfo: new Map(),
  };
  return (await runToFixpoint({ ...model, graph: fixed }, [foldShapes], MAX_ROUNDS)).model;
}

/** Sizes of an input that holds a batch. */
export const batchDims = ({ axis, dims }: BatchInput, batch: number): readonly number[] =>
  dims.map((size, position) => (position === axis ? size * batch : size));

function withShape(info: ValueInfo, shape: readonly number[] | null): ValueInfo {
  const { type } = info;
  if (type?.kind !== 'tensor') return info;
  const initial = shape ?? null;
  return {
    name: info.name,
    type: { kind: 'tensor', elementType: type.elementType, shape: initial },
  };
}

/** Shapes that are written down begin with the one sample that the model was made for. */
function withBatchInShapes(model: Model, batch: number): Model {
  const { graph } = model;
  const names = new TakenNames(graph);
  const initializers = new Map(graph.initializers);
  const nodes = graph.nodes.map((node) => {
    const position = SHAPE_INPUTS[node.opType];
    const tensor = graph.initializers.get(node.inputs[position ?? -1] ?? '');
    const isOfWeight = graph.initializers.has(node.inputs[0] ?? '');
    if (position === undefined || !tensor || tensor.type !== 'int64' || isOfWeight) return node;
    const sizes = integerValues(tensor);
    if (sizes[0] !== 1 || tensor.dims.length !== 1) return node;
    const wide = namedShape(names.fresh(`${tensor.name}_batch`), [batch, ...sizes.slice(1)]);
    initializers.set(wide.name, wide);
    return withInput(node, position, wide.name);
  });
  return { ...model, graph: { ...graph, nodes, initializers } };
}

/** Where ops read the shape of what they give. */
const SHAPE_INPUTS: Readonly<Record<string, number>> = { Reshape: 1, Expand: 1, Resize: 3 };

const namedShape = (name: string, sizes: readonly number[]): StoredTensor =>
  int64Tensor(name, [sizes.length], sizes);

const withInput = (node: Node, position: number, name: string): Node => ({
  ...node,
  inputs: node.inputs.map((input, at) => (at === position ? name : input)),
});

/** Whether every output of `many` is that of `one`, so many times along the first axis. */
async function givesMany(one: Model, many: Model, batch: number): Promise<boolean> {
  const [before, after] = [await inferTypes(one), await inferTypes(many)];
  return many.graph.outputs.every(({ name }) => {
    const [a, b] = [before.get(one.graph, name), after.get(many.graph, name)];
    if (a?.kind !== 'tensor' || b?.kind !== 'tensor' || !a.shape || !b.shape) return false;
    const [first, ...others] = a.shape;
    if (typeof first !== 'number') return false;
    const wanted = [first * batch, ...others];
    return (
      b.shape.length === wanted.length && wanted.every((size, axis) => size === b.shape?.[axis])
    );
  });
}

/** Of what is largest: sums are taken in another order. */
const TOLERANCE = 1e-3;

/** Whether two samples in one batch give what they give alone: a mean over the first axis would mix them. */
async function keepsApart(
  one: Model,
  many: Model,
  {
    inputs,
    sample,
    wanted,
  }: {
    readonly inputs: readonly BatchInput[];
    readonly sample: NamedTensors;
    readonly wanted: number;
  },
): Promise<boolean> {
  const samples = [sample, halved(sample)];
  const alternating = Array.from({ length: wanted }, (_, index) => samples[index % 2] ?? sample);
  await using single = await openSession(one);
  await using whole = await openSession(many);
  const alone = [await single.run(sample), await single.run(halved(sample))];
  const together = await whole.run(stack(inputs, alternating));
  return Object.entries(together).every(([name, { data }]) =>
    alone.every((outputs, index) => {
      const own = outputs[name]?.data ?? [];
      if (!(data instanceof Float32Array) || !(own instanceof Float32Array)) return true;
      const found = data.subarray(index * own.length, (index + 1) * own.length);
      const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      return own.every(
        (value, at) => Math.abs(value - (found[at] ?? Number.NaN)) <= TOLERANCE * largest,
      );
    }),
  );
}

/** Another sample of the same shapes: floats are half as large. */
const halved = (sample: NamedTensors): NamedTensors =>
  Object.fromEntries(
    Object.entries(sample).map(([name, tensor]) => [
      name,
      tensor.data instanceof Float32Array
        ? { ...tensor, data: tensor.data.map((value) => value / 2) }
        : tensor,
    ]),
  );

/** Samples as one feed. @throws InputError for samples of other sizes than the first */
export function stack(
  inputs: readonly BatchInput[],
  samples: readonly NamedTensors[],
): NamedTensors {
  return Object.fromEntries(inputs.map((input) => [input.name, stackInput(input, samples)]));
}

function stackInput({ name, axis, dims }: BatchInput, samples: readonly NamedTensors[]): Tensor {
  const tensors = samples.map((sample) => {
    const tensor = sample[name];
    if (!tensor || tensor.dims.join() !== dims.join())
      throw new InputError(
        `samples to train on must be of one shape: "${name}" is [${dims.join(', ')}] and [${tensor?.dims.join(', ')}]`,
        { where: name, hint: 'Cut or pad them to one size.' },
      );
    return tensor;
  });
  const [first] = tensors;
  if (!first || typeof first.data.length !== 'number')
    throw new InputError('there are no samples to train on');
  if (axis === undefined || tensors.length === 1) return first;
  const batched = batchDims({ name, axis, dims }, tensors.length);
  const inner = product(dims.slice(axis));
  return { type: first.type, dims: batched, data: interleave(tensors, inner) };
}

/** Runs of `inner` elements, one of each tensor in turn. */
function interleave(tensors: readonly Tensor[], inner: number): Tensor['data'] {
  const [first] = tensors;
  if (!first || isStrings(first.data)) {
    const outer = (first?.data.length ?? 0) / Math.max(1, inner);
    return Array.from({ length: outer }, (_, run) =>
      tensors.flatMap(({ data }) =>
        isStrings(data) ? data.slice(run * inner, (run + 1) * inner) : [],
      ),
    ).flat();
  }
  const { data } = first;
  const bytes = data.BYTES_PER_ELEMENT * inner;
  const joined = new Uint8Array(data.byteLength * tensors.length);
  const runs = data.length / Math.max(1, inner);
  tensors.forEach((tensor, index) => {
    if (isStrings(tensor.data)) return;
    const from = new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
    for (let run = 0; run < runs; run++)
      joined.set(
        from.subarray(run * bytes, (run + 1) * bytes),
        (run * tensors.length + index) * bytes,
      );
  });
  return likeOf(data, joined.buffer);
}

const isStrings = (data: Tensor['data']): data is readonly string[] => Array.isArray(data);

type Numbers = Exclude<Tensor['data'], readonly string[]>;

/** The bytes in an array of the same kind. */
function likeOf(data: Numbers, buffer: ArrayBuffer): Numbers {
  const Kind = data.constructor as new (buffer: ArrayBuffer) => Numbers;
  return new Kind(buffer);
}
