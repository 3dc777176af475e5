/** Channels removed at random, and what the model gives when they are zero instead. */
import { createRandom, shuffled } from '../../../../shared/base/random.ts';
import { removeChannels } from '../../../../shared/compress/prune/slim/apply-slimming.ts';
import { findGroups, type Groups } from '../../../../shared/compress/prune/slim/find-groups.ts';
import { Floors } from '../../../../shared/compress/prune/slim/floors.ts';
import { maskedModel } from '../../../../shared/compress/prune/slim/masked-model.ts';
import type { Trace } from '../../../../shared/compress/prune/slim/trace.ts';
import { traceChannels } from '../../../../shared/compress/prune/slim/trace-channels.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { inferTypes } from '../../../../shared/runtime/infer-types.ts';
import { type Feed, feed, firstOutput } from '../../quantize/_numeric.ts';

export interface Traced extends Groups {
  readonly trace: Trace;
}

export async function traced(model: Model): Promise<Traced> {
  const trace = traceChannels(model, await inferTypes(model));
  return { trace, ...findGroups(trace) };
}

/** Some of each group, one at least, as far as floors let them go. */
export function someOf({ trace, groups }: Traced, seed: number) {
  const random = createRandom(seed);
  const floors = new Floors(trace);
  return groups.map(({ name, units }) => {
    const count = 1 + random.below(units.length);
    const removed = shuffled([...units.keys()], random)
      .slice(0, count)
      .filter((at) => floors.take([units[at]?.channel ?? -1]));
    return { name, scores: units.map(() => 1), removed: removed.toSorted((a, b) => a - b) };
  });
}

/** The first output of the model without the channels, and of the model with zeros in their place. */
export async function bothOutputs(
  model: Model,
  { trace, groups }: Traced,
  removals: ReturnType<typeof someOf>,
) {
  const cut = removeChannels(model, trace, removals);
  const gone = removals.flatMap(({ removed }, at) =>
    removed.flatMap((unit) => groups[at]?.units[unit]?.channel ?? []),
  );
  const masked = maskedModel(model, trace);
  const [input] = model.graph.inputs;
  const shape = input?.type?.kind === 'tensor' ? (input.type.shape ?? []).map(Number) : [];
  const feeds = { [input?.name ?? '']: feed(shape) };
  const masks = masked.masks(new Set(gone)) as Readonly<Record<string, Feed>>;
  return {
    cut,
    given: await firstOutput(cut, feeds),
    wanted: await firstOutput(masked.model, { ...feeds, ...masks }),
    whole: await firstOutput(model, feeds),
  };
}
