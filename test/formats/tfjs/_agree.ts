/** A source model beside its conversion, both run on the same inputs. */
import type { NamedTensors, Tensor } from '../../../shared/base/tensor.ts';
import type { Reference } from '../../../shared/engines/references/reference.ts';
import type { FormatName } from '../../../shared/formats/format.ts';
import type { ReadSource } from '../../../shared/formats/source-model.ts';
import type { Graph, ValueInfo } from '../../../shared/onnx/model.ts';
import { openSession } from '../../../shared/runtime/session.ts';

export interface Agreement {
  readonly output: string;
  /** Largest difference over the largest absolute value of the reference. */
  readonly error: number;
  readonly largest: number;
}

export interface Comparison {
  readonly agreements: readonly Agreement[];
  readonly convertMs: number;
  readonly onnxMs: number;
  readonly referenceMs: number;
}

/** Converts, runs both, and compares every output. */
export async function agree(
  read: ReadSource,
  reference: Reference,
  format: FormatName,
  path: string,
  feedsFor: (graph: Graph) => Promise<NamedTensors>,
): Promise<Comparison> {
  const started = performance.now();
  using source = await read(path, { shown: path });
  const convertMs = performance.now() - started;
  const { graph } = source.model;
  const feeds = await feedsFor(graph);
  await using session = await openSession(source.model);
  const runStarted = performance.now();
  const given = await session.run(feeds);
  const onnxMs = performance.now() - runStarted;
  const refStarted = performance.now();
  await using model = await reference.open({ path, format, ports: graph });
  const wanted = await model.run(feeds);
  const referenceMs = performance.now() - refStarted;
  return {
    agreements: graph.outputs.map((port) => compare(port, wanted, given)),
    convertMs,
    onnxMs,
    referenceMs,
  };
}

function compare({ name }: ValueInfo, wanted: NamedTensors, given: NamedTensors): Agreement {
  const a = wanted[name];
  const b = given[name];
  if (!a || !b) throw new Error(`output '${name}' is missing`);
  if (a.dims.join() !== b.dims.join())
    throw new Error(`output '${name}' is [${b.dims}] instead of [${a.dims}]`);
  return { output: name, ...difference(a, b) };
}

/** Not a number in one alone counts as infinitely far. */
export function difference(a: Tensor, b: Tensor): { error: number; largest: number } {
  let largest = 0;
  let most = 0;
  for (let i = 0; i < a.data.length; i++) {
    const x = Number(a.data[i]);
    const y = Number(b.data[i]);
    if (Object.is(x, y)) continue;
    const gap = Math.abs(x - y);
    if (Number.isNaN(gap)) return { error: Number.POSITIVE_INFINITY, largest };
    most = Math.max(most, gap);
  }
  for (let i = 0; i < a.data.length; i++) {
    const size = Math.abs(Number(a.data[i]));
    if (Number.isFinite(size)) largest = Math.max(largest, size);
  }
  return { error: most === 0 ? 0 : most / Math.max(largest, Number.MIN_VALUE), largest };
}
