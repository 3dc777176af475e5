/** Where a converted model first computes something else than its source. */
import type { NamedTensors, Tensor } from '../../base/tensor.ts';
import type { Origin } from '../../formats/build/builder.ts';
import { permuteBytes } from '../../formats/build/permute.ts';
import { checkOutput } from '../../measure/check-output.ts';
import { bytesOf } from '../../onnx/make-tensor.ts';
import type { Model } from '../../onnx/model.ts';
import { typedArray } from '../../onnx/tensor-data.ts';
import { openSession } from '../../runtime/session.ts';

export interface Divergence {
  /** The source's name of the tensor or layer. */
  readonly source: string;
  readonly maxAbsError: number;
  readonly tolerance: number;
  /** The last one before it that still agreed; absent when the first that could be looked at differs. */
  readonly lastAgreeing?: string;
}

/** Tensors looked at in one round: each halving would load the model again, all at once fills the memory. */
const PROBES = 15;

/** Gives inner tensors of the source, by the source's names; those that it cannot give are left out. */
export type Tap = (names: readonly string[]) => Promise<NamedTensors>;

/**
 * Searches the values that both models have, in the order in which they are computed, for the first that
 * differs: every round looks at some of those between the last that agrees and the first that does not.
 * `undefined` when all that can be looked at agree.
 */
export async function firstDivergence(
  model: Model,
  origins: ReadonlyMap<string, Origin>,
  feeds: NamedTensors,
  tap: Tap,
): Promise<Divergence | undefined> {
  const values = model.graph.nodes
    .flatMap(({ outputs }) => outputs)
    .flatMap((name) => {
      const origin = origins.get(name);
      return origin ? [{ name, origin }] : [];
    });
  let low = -1;
  let high = values.length;
  let found: Divergence | undefined;
  let last: string | undefined;
  while (high - low > 1) {
    const probes = probesBetween(low, high);
    const taps = await tap(probes.map((index) => values[index]?.origin.source ?? ''));
    const own = await runWithOutputs(
      model,
      probes.map((index) => values[index]?.name ?? ''),
      feeds,
    );
    let moved = false;
    for (const index of probes) {
      const value = values[index];
      const wanted = value && taps[value.origin.source];
      const given = value && own[value.name];
      if (!value || !wanted || !given) continue;
      const { source, order } = value.origin;
      const check = checkOutput(source, wanted, inSourceOrder(given, order));
      moved = true;
      if (check.isWithinTolerance) {
        low = index;
        last = source;
        continue;
      }
      high = index;
      const { maxAbsError, tolerance } = check;
      found = { source, maxAbsError, tolerance };
      break;
    }
    // None of them can be had from the source.
    if (!moved) break;
  }
  return found && last !== undefined ? { ...found, lastAgreeing: last } : found;
}

function probesBetween(low: number, high: number): number[] {
  const count = Math.min(PROBES, high - low - 1);
  const step = (high - low) / (count + 1);
  const probes = Array.from({ length: count }, (_, index) => Math.floor(low + (index + 1) * step));
  return [...new Set(probes)].filter((index) => index > low && index < high);
}

async function runWithOutputs(
  model: Model,
  names: readonly string[],
  feeds: NamedTensors,
): Promise<NamedTensors> {
  const outputs = names.map((name) => ({ name, type: null }));
  await using session = await openSession(
    { ...model, graph: { ...model.graph, outputs } },
    { optimization: 'basic' },
  );
  return await session.run(feeds);
}

/** The tensor with its axes as the source has them. */
function inSourceOrder(tensor: Tensor, order: Origin['order']): Tensor {
  const { type, dims, data } = tensor;
  if (!order || type === 'string' || Array.isArray(data)) return tensor;
  const places = order.map((_, axis) => order.indexOf(axis));
  const array = data as Exclude<typeof data, readonly string[]>;
  const width = array.BYTES_PER_ELEMENT as 1 | 2 | 4 | 8;
  const bytes = permuteBytes(bytesOf(array), dims, places, width);
  return { type, dims: places.map((place) => dims[place] ?? 1), data: typedArray(type, bytes) };
}
