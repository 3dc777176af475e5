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
import { measureLatency } from '../../measure/latency/time.ts';
import { artifactPath, artifactSchema, digestSchema } from '../artifact.ts';
import { dataRefsSchema } from '../data-refs.ts';
import { reasonOf } from '../reason.ts';
import { keyOf, type Step, type Tools } from '../step.ts';
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

const pairInputSchema = commonSchema.extend({ variant: artifactSchema });
const pairSchema = z.union([
  z.object({ status: z.literal('done'), base: samplesSchema, variant: samplesSchema }),
  z.object({ status: z.literal('failed'), reason: z.string() }),
]);
export type LatencyPair = z.infer<typeof pairSchema>;
export type LatencyPairInput = z.infer<typeof pairInputSchema>;

const groupInputSchema = commonSchema.extend({ variants: z.array(artifactSchema) });
export type LatencyGroupInput = z.infer<typeof groupInputSchema>;

/** One pair's record. What is run is always a group: this is its key and its shape. */
export const latencyPairStep: Step<LatencyPairInput, LatencyPair> = {
  name: 'latency',
  version: 1,
  needs: 'cpu',
  runsModel: true,
  input: pairInputSchema,
  output: pairSchema,
  estimate: ({ base, variant }) => ({
    memoryBytes: 3 * (base.bytes + variant.bytes) + 200e6,
    minutes: 0.3,
  }),
  blobs: () => [],
  run: async ({ variant, ...common }, tools) => {
    const [pair] = await timeGroup({ ...common, variants: [variant] }, tools);
    return pair ?? { status: 'failed', reason: 'nothing was timed' };
  },
};

/** Base and variants side by side; pairs in the order of the variants, each also kept by itself. */
export const latencyGroupStep: Step<LatencyGroupInput, LatencyPair[]> = {
  name: 'latency-group',
  version: 1,
  needs: 'cpu',
  runsModel: true,
  input: groupInputSchema,
  output: z.array(pairSchema),
  estimate: ({ base, variants }) => ({
    memoryBytes: 3 * variants.reduce((sum, { bytes }) => sum + bytes, base.bytes) + 200e6,
    minutes: 0.1 + 0.1 * variants.length,
  }),
  blobs: () => [],
  run: timeGroup,
};

/** Keeps each pair of a group under the pair's own key, over what was there. */
export async function keepPairs(
  { variants, ...common }: LatencyGroupInput,
  pairs: readonly LatencyPair[],
  { store, runtime }: { store: Tools['store']; runtime: string },
): Promise<void> {
  for (const [index, variant] of variants.entries()) {
    const output = pairs[index];
    if (!output) continue;
    const { name: step, version } = latencyPairStep;
    const key = keyOf(latencyPairStep, { ...common, variant }, runtime);
    await store.writeStep({ step, version, key, output, blobs: [], seconds: 0 }, { replace: true });
  }
}

async function timeGroup(input: LatencyGroupInput, tools: Tools): Promise<LatencyPair[]> {
  const feeds = await firstFeeds(input.signature, input.data, input.split, tools);
  const candidate = async (artifact: LatencyGroupInput['base'], name: string) => ({
    name,
    path: await artifactPath(artifact, tools),
    feeds,
  });
  // The base among the variants is its own pair: timing it twice would say nothing.
  const others = input.variants.filter(({ digest }) => digest !== input.base.digest);
  const result = await measureLatency(
    await candidate(input.base, 'float32'),
    await Promise.all(others.map((variant, index) => candidate(variant, `variant ${index + 1}`))),
    {
      protocol: protocolOf(input),
      onRound: (done, of) =>
        tools.progress({ fraction: done / of, detail: `${done} of ${of} rounds` }),
    },
  );
  const base = stored(result.base);
  return input.variants.map((variant): LatencyPair => {
    const outcome = result.variants[others.indexOf(variant)];
    if (!outcome) return { status: 'done', base, variant: base };
    if (outcome.status === 'failed') return { status: 'failed', reason: reasonOf(outcome.error) };
    return { status: 'done', base, variant: stored(outcome.samples) };
  });
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
