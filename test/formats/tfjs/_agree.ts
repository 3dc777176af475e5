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
 * compared: saturated, the output itself says little, and in its steep middle it says too much.
 */
export async function agree(
  { read, reference, format, path }: Subject,
  feedsFor: (graph: Graph) => Promise<NamedTensors>,
): Promise<Comparison> {
  const [source, convertMs] = await timed(() => read(path, { shown: path }));
  try {
    const { graph } = source.model;
    const feeds = await feedsFor(graph);
    await using model = await reference.open({ path, format, ports: graph });
    const [wanted, referenceMs] = await timed(() => model.run(feeds));
    const logits = model.tap ? logitsOf(source) : [];
    const outputs = [...graph.outputs, ...logits.map(({ value }) => ({ name: value, type: null }))];
    const tapped = { ...source.model, graph: { ...graph, outputs } };
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

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const started = performance.now();
  return [await work(), performance.now() - started];
}

/** What may stand between a sigmoid and the output: the same elements, moved. */
const MOVES = new Set(['Identity', 'Reshape', 'Squeeze', 'Transpose', 'Unsqueeze']);

interface Logit {
  readonly output: string;
  readonly value: string;
  readonly origin: { readonly source: string; readonly order: readonly number[] | undefined };
}

function logitsOf({ model: { graph }, origins }: SourceModel): Logit[] {
  const makers = new Map<string, Node>();
  for (const node of graph.nodes) for (const output of node.outputs) makers.set(output, node);
  return graph.outputs.flatMap(({ name }) => {
    let node = makers.get(name);
    while (node && MOVES.has(node.opType)) node = makers.get(node.inputs[0] ?? '');
    const value = node?.opType === 'Sigmoid' ? node.inputs[0] : undefined;
    const origin = value === undefined ? undefined : origins.get(value);
    return value !== undefined && origin ? [{ output: name, value, origin }] : [];
  });
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
