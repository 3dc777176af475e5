/** A source model beside its conversion, both run on the same inputs. */

import { createRandom } from '../../../shared/base/random.ts';
import type { NamedTensors, Tensor } from '../../../shared/base/tensor.ts';
import type { Reference } from '../../../shared/engines/references/reference.ts';
import { placesOf } from '../../../shared/formats/build/order.ts';
import { permuteBytes } from '../../../shared/formats/build/permute.ts';
import type { FormatName } from '../../../shared/formats/format.ts';
import type { ReadSource, SourceModel } from '../../../shared/formats/source-model.ts';
import { bytesOf } from '../../../shared/onnx/make-tensor.ts';
import type { Graph, Node } from '../../../shared/onnx/model.ts';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { typedArray } from '../../../shared/onnx/tensor-data.ts';
import { openSession } from '../../../shared/runtime/session.ts';

/** One output, or the logits behind it. */
export interface Agreement {
  readonly output: string;
  /** Largest difference as a share of the largest magnitude of the reference. */
  readonly error: number;
  /** The same share by which the conversion itself moves when its inputs are disturbed by a rounding. */
  readonly wobble: number;
  readonly largest: number;
}

export interface Comparison {
  readonly agreements: readonly Agreement[];
  readonly convertMs: number;
  readonly onnxMs: number;
  readonly referenceMs: number;
}

/** The source model, and which runtime to hold it against. */
export interface Subject {
  readonly read: ReadSource;
  readonly reference: Reference;
  readonly format: FormatName;
  readonly path: string;
}

/**
 * Converts, runs both, and compares every output. Of an output that is the sigmoid of something, that is
 * compared: saturated, the output itself says little, and in its steep middle it says too much. With `file`
 * what was written there is run, instead of what is read here.
 */
export async function agree(
  { read, reference, format, path }: Subject,
  feedsFor: (graph: Graph) => Promise<NamedTensors>,
  file?: string,
): Promise<Comparison> {
  const [source, convertMs] = await timed(() => read(path, { shown: path }));
  try {
    using opened = file === undefined ? undefined : openModel(file);
    const subject = opened?.model ?? source.model;
    const { graph } = subject;
    const feeds = await feedsFor(graph);
    await using model = await reference.open({ path, format, ports: graph });
    const [wanted, referenceMs] = await timed(() => model.run(feeds));
    const logits = model.tap ? logitsOf(source, graph) : [];
    const outputs = [...graph.outputs, ...logits.map(({ value }) => ({ name: value, type: null }))];
    const tapped = { ...subject, graph: { ...graph, outputs } };
    await using session = await openSession(tapped, { optimization: 'disabled' });
    const [given, onnxMs] = await timed(() => session.run(feeds));
    const bent = await session.run(disturbed(feeds));
    const inner =
      logits.length > 0
        ? await model.tap?.(
            feeds,
            logits.map((one) => one.origin.source),
          )
        : {};
    const agreements = graph.outputs.map(({ name }): Agreement => {
      const logit = logits.find(({ output }) => output === name);
      if (!logit) return compare(name, wanted[name], given[name], bent[name]);
      const { source: tensor, order } = logit.origin;
      const [value, other] = [given[logit.value], bent[logit.value]].map(
        (one) => one && toSourceOrder(one, order),
      );
      return compare(`${name} before its sigmoid`, inner?.[tensor], value, other);
    });
    return { agreements, convertMs, onnxMs, referenceMs };
  } finally {
    source[Symbol.dispose]();
  }
}

/**
 * Outputs that answer to less than the tolerance (the segmentation of blazepose and rvm, the logarithms of
 * basic-pitch, probabilities of 1e-5) get 20 times what they themselves move by when every input is moved by a
 * unit in its last place: about a hundred layers round like that, one after another. With that such outputs come
 * to some 1e-3; a wrong padding, axis or epsilon gives more.
 */
const WOBBLES = 20;

/** Whether an output is as near as rounding lets it be. */
export const isWithin = ({ error, wobble }: Agreement, tolerance: number): boolean =>
  error <= Math.max(tolerance, WOBBLES * wobble);

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const started = performance.now();
  return [await work(), performance.now() - started];
}

/** What may stand between a sigmoid and the output: the same elements, moved. */
const MOVES = new Set(['Identity', 'Reshape', 'Squeeze', 'Transpose', 'Unsqueeze']);

interface Logit {
  readonly output: string;
  /** In the graph that is run. */
  readonly value: string;
  readonly origin: { readonly source: string; readonly order: readonly number[] | undefined };
}

/** `graph` is that of the source, or one that was made of it: it may have other names for what it computes. */
function logitsOf({ model, origins }: SourceModel, graph: Graph): Logit[] {
  const own = beforeSigmoids(graph);
  return [...beforeSigmoids(model.graph)].flatMap(([output, name]) => {
    const [value, origin] = [own.get(output), origins.get(name)];
    return value !== undefined && origin ? [{ output, value, origin }] : [];
  });
}

/** By output: what goes into the sigmoid that it is. */
function beforeSigmoids(graph: Graph): Map<string, string> {
  const makers = new Map<string, Node>();
  for (const node of graph.nodes) for (const output of node.outputs) makers.set(output, node);
  const found = new Map<string, string>();
  for (const { name } of graph.outputs) {
    let node = makers.get(name);
    while (node && MOVES.has(node.opType)) node = makers.get(node.inputs[0] ?? '');
    const value = node?.opType === 'Sigmoid' ? node.inputs[0] : undefined;
    if (value !== undefined) found.set(name, value);
  }
  return found;
}

function toSourceOrder(tensor: Tensor, order: readonly number[] | undefined): Tensor {
  if (!order) return tensor;
  const back = placesOf(order, tensor.dims.length).map((_, axis) => order.indexOf(axis));
  const bytes = permuteBytes(bytesOf(tensor.data as Float32Array), tensor.dims, back, 4);
  const data = typedArray('float32', bytes);
  return { type: tensor.type, dims: back.map((axis) => tensor.dims[axis] ?? 1), data };
}

/** Every real number moved by up to one unit in its last place; single ones, which say sizes, are left. */
function disturbed(feeds: NamedTensors): NamedTensors {
  const random = createRandom(3);
  const move = (value: number): number => value * (1 + (2 * random.float() - 1) * 2 ** -23);
  return Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) =>
      tensor.data instanceof Float32Array && tensor.data.length > 1
        ? [name, { ...tensor, data: tensor.data.map(move) }]
        : [name, tensor],
    ),
  );
}

function compare(
  output: string,
  wanted: Tensor | undefined,
  given: Tensor | undefined,
  bent: Tensor | undefined,
): Agreement {
  if (!wanted || !given || !bent) throw new Error(`output '${output}' is missing`);
  if (wanted.dims.join() !== given.dims.join())
    throw new Error(`output '${output}' is [${given.dims}] instead of [${wanted.dims}]`);
  return { output, ...difference(wanted, given), wobble: difference(given, bent).error };
}

/** Not a number in one alone counts as infinitely far. */
export function difference(wanted: Tensor, given: Tensor): { error: number; largest: number } {
  let largest = 0;
  let most = 0;
  for (let index = 0; index < wanted.data.length; index++) {
    const a = Number(wanted.data[index]);
    const b = Number(given.data[index]);
    if (Number.isFinite(a)) largest = Math.max(largest, Math.abs(a));
    if (Object.is(a, b)) continue;
    const gap = Math.abs(a - b);
    most = Number.isNaN(gap) ? Number.POSITIVE_INFINITY : Math.max(most, gap);
  }
  return { error: most === 0 ? 0 : most / Math.max(largest, Number.MIN_VALUE), largest };
}
