/**
 * Latency: not a step but a measurement. Its key holds both digests, runtime, threads, shapes and the
 * machine; base and all variants are timed in one process tree, and each pair is kept by itself.
 */
import { z } from 'zod';
import {
  FULL_PROTOCOL,
  type LatencyProtocol,
  SHORT_PROTOCOL,
} from '../../measure/latency/protocol.ts';
import { judgeSamples, measureLatency } from '../../measure/latency/time.ts';
import { parseBudget } from '../../report/budgets.ts';
import { isLatencyDecided } from '../../report/comparison.ts';
import { describeMachine } from '../../runtime/machine.ts';
import { artifactPath, artifactSchema, digestSchema } from '../artifact.ts';
import { dataRefsSchema } from '../data-refs.ts';
import { reasonOf } from '../reason.ts';
import { latencyRow } from '../stages/latency-row.ts';
import { type Estimate, keyOf, type Step, type Tools, type Workload } from '../step.ts';
import { firstFeeds } from './feeds.ts';
import { machineSchema } from './machine.ts';

const commonSchema = z.object({
  base: artifactSchema,
  /** An ONNX form of the model: how data is fed. */
  signature: artifactSchema,
  data: dataRefsSchema,
  split: digestSchema,
  threads: z.int(),
  protocol: z.enum(['full', 'short']),
  /** Instead of the protocol's own limit. */
  seconds: z.number().optional(),
  machine: machineSchema,
});

export const samplesSchema = z.object({
  logRatios: z.array(z.number()),
  sessionMs: z.array(z.number()),
  ms: z.number(),
  p90Ms: z.number(),
  p99Ms: z.number(),
  loadMs: z.number(),
  sessions: z.int(),
  runs: z.int(),
  threads: z.int(),
  shapes: z.record(z.string(), z.array(z.int())),
  looks: z.int(),
  short: z.boolean(),
});
export type StoredSamples = z.infer<typeof samplesSchema>;

const pairInputSchema = commonSchema.extend({
  variant: artifactSchema,
  /** Of latency, as written: sessions are added until it is known to be kept or broken, too. */
  budget: z.string().optional(),
});
const pairSchema = z.union([
  z.object({
    status: z.literal('done'),
    base: samplesSchema,
    variant: samplesSchema,
    /** The one that it was, where the key only says of which kind. */
    machine: machineSchema.optional(),
  }),
  z.object({ status: z.literal('failed'), reason: z.string() }),
]);
export type LatencyPair = z.infer<typeof pairSchema>;
export type LatencyPairInput = z.infer<typeof pairInputSchema>;

const groupInputSchema = commonSchema.extend({
  variants: z.array(artifactSchema),
  /** Budgets of latency by digest of the variant. */
  budgets: z.record(z.string(), z.string()).optional(),
});
export type LatencyGroupInput = z.infer<typeof groupInputSchema>;

/** One pair's record. What is run is always a group: this is its key and its shape. */
export const latencyPairStep: Step<LatencyPairInput, LatencyPair> = {
  name: 'latency',
  version: 3,
  needs: 'cpu',
  runsModel: true,
  input: pairInputSchema,
  output: pairSchema,
  estimate: (work) => estimateGroup({ ...work, models: 2 }),
  blobs: () => [],
  run: async ({ variant, budget, ...common }, tools) => {
    const budgets = budget === undefined ? {} : { [variant.digest]: budget };
    const [pair] = await timeGroup({ ...common, variants: [variant], budgets }, tools);
    return pair ?? { status: 'failed', reason: 'nothing was timed' };
  },
};

/** Base and variants side by side; pairs in the order of the variants, each also kept by itself. */
export const latencyGroupStep: Step<LatencyGroupInput, LatencyPair[]> = {
  name: 'latency-group',
  version: 3,
  needs: 'cpu',
  runsModel: true,
  input: groupInputSchema,
  output: z.array(pairSchema),
  estimate: estimateGroup,
  blobs: () => [],
  run: timeGroup,
};

/** `models`: base and variants, loaded together. */
function estimateGroup({ bytes, models = 2, protocol = 'full' }: Workload): Estimate {
  return {
    memoryBytes: 200e6 + 3 * bytes * models,
    seconds: 2 + (protocol === 'short' ? 1.5 : 6) * models,
  };
}

/** Keeps each pair of a group under the pair's own key, over what was there. */
export async function keepPairs(
  { variants, budgets, ...common }: LatencyGroupInput,
  pairs: readonly LatencyPair[],
  { store, runtime }: { store: Tools['store']; runtime: string },
): Promise<void> {
  for (const [index, variant] of variants.entries()) {
    const output = pairs[index];
    if (!output) continue;
    const { name: step, version } = latencyPairStep;
    const input = pairInput(common, variant, budgets);
    const key = keyOf(latencyPairStep, input, runtime);
    await store.writeStep({ step, version, key, output, blobs: [], seconds: 0 }, { replace: true });
  }
}

/** The input of one pair of a group: what its key is made of. */
export function pairInput(
  common: Omit<LatencyPairInput, 'variant' | 'budget'>,
  variant: LatencyPairInput['variant'],
  budgets: LatencyGroupInput['budgets'] = {},
): LatencyPairInput {
  const budget = budgets[variant.digest];
  return { ...common, variant, ...(budget !== undefined && { budget }) };
}

async function timeGroup(input: LatencyGroupInput, tools: Tools): Promise<LatencyPair[]> {
  const feeds = await firstFeeds(input.signature, input.data, input.split, tools);
  // Named by digest, so that the rule below finds a model's budget.
  const candidate = async (artifact: LatencyGroupInput['base']) => ({
    name: artifact.digest,
    path: await artifactPath(artifact, tools),
    feeds,
  });
  // The base among the variants is its own pair: timing it twice would say nothing.
  const others = input.variants.filter(({ digest }) => digest !== input.base.digest);
  const result = await measureLatency(
    await candidate(input.base),
    await Promise.all(others.map(candidate)),
    {
      protocol: protocolOf(input),
      isDecided: (samples) => isDecided(samples, input),
      onRound: (done, of) =>
        tools.progress({ fraction: done / of, detail: `${done} of ${of} rounds` }),
    },
  );
  const base = stored(result.base);
  const { features, ...rest } = await describeMachine();
  const machine = { ...rest, features: [...features] };
  return input.variants.map((variant): LatencyPair => {
    const outcome = result.variants[others.indexOf(variant)];
    if (!outcome) return { status: 'done', base, variant: base, machine };
    if (outcome.status === 'failed') return { status: 'failed', reason: reasonOf(outcome.error) };
    return { status: 'done', base, variant: stored(outcome.samples), machine };
  });
}

/** The contract's rule, and where there is a budget, that it is known to be kept or broken. */
export function isDecided(
  samples: Samples,
  { base, budgets = {} }: Pick<LatencyGroupInput, 'base' | 'budgets'>,
): boolean {
  if (judgeSamples(samples).verdict === 'inconclusive') return false;
  const written = budgets[samples.name];
  if (written === undefined) return true;
  const own = stored(samples);
  const isBase = samples.name === base.digest;
  // A relative budget only looks at the ratio, an absolute one only at the variant's own times.
  const row = latencyRow({ status: 'done', base: own, variant: own }, isBase);
  return isLatencyDecided(row, parseBudget('latency', written));
}

/** The protocol that the input names, with its own limits. */
export function protocolOf({
  protocol,
  threads,
  seconds,
}: Pick<LatencyGroupInput, 'protocol' | 'threads' | 'seconds'>): LatencyProtocol {
  const base = protocol === 'short' ? SHORT_PROTOCOL : FULL_PROTOCOL;
  return { ...base, threads, ...(seconds !== undefined && { seconds }) };
}

type Samples = Awaited<ReturnType<typeof measureLatency>>['base'];

function stored({ name: _, logRatios, sessionMs, shapes, ...rest }: Samples): StoredSamples {
  return {
    ...rest,
    logRatios: [...logRatios],
    sessionMs: [...sessionMs],
    shapes: Object.fromEntries(Object.entries(shapes).map(([input, dims]) => [input, [...dims]])),
  };
}
