/** One execution of the state machine for one job: what it knows of the job, and where it keeps things. */
import { posix } from 'node:path';
import { z } from 'zod';
import type { Digest } from '../../base/brand.ts';
import type { FormatName } from '../../formats/format.ts';
import { artifactSchema, digestSchema, type StoredArtifact } from '../artifact.ts';
import { dataRefsSchema } from '../data-refs.ts';
import { type Job, trainedVariants } from '../job.ts';
import { metricRefSchema } from '../metric-ref.ts';
import { machineSchema } from '../steps/machine.ts';
import { MOST_EPOCHS } from '../training/defaults.ts';
import type { ObjectStore } from './object-store.ts';
import { readJson } from './read-json.ts';
import { failureSchema, resultSchema, type ShardResult } from './result.ts';

/** Where one file of the job lies. The version is fixed: what is overwritten meanwhile is another job. */
const placeSchema = z.object({
  bucket: z.string(),
  key: z.string(),
  versionId: z.string().optional(),
  /** Relative to the folder of the job. */
  path: z.string(),
});
export type Place = z.infer<typeof placeSchema>;

/** Checked when it was resolved, by the trusted side, which alone writes here. */
const jobSchema = z.custom<Job>((value) => typeof value === 'object' && value !== null);

const givenSchema = z.object({
  artifact: artifactSchema,
  format: z.custom<FormatName>((value) => typeof value === 'string'),
});

const networkSchema = givenSchema.extend({ shown: z.string() });

const inputsSchema = z.object({
  data: dataRefsSchema,
  metric: metricRefSchema.optional(),
  networks: z
    .object({ teacher: networkSchema.optional(), student: networkSchema.optional() })
    .optional(),
});

const sideSchema = z.object({
  role: z.enum(['base', 'head']).optional(),
  job: jobSchema,
  given: givenSchema,
});

const frameSchema = z.object({
  schema: z.literal('fettle.execution/1'),
  /** Key of the request. */
  request: z.string(),
  startedAt: z.string(),
  job: jobSchema,
  /** By digest: the user's own files. */
  sources: z.record(digestSchema, z.object({ entry: z.string(), files: z.array(placeSchema) })),
});

/** Everything of one model. */
const optimizeSchema = frameSchema.extend({
  kind: z.literal('optimize'),
  identified: inputsSchema.extend({ given: givenSchema }),
});
export type OptimizeExecution = z.infer<typeof optimizeSchema>;

/** One model against another; without a base what is new. */
const compareSchema = frameSchema.extend({
  kind: z.literal('compare'),
  sides: inputsSchema.extend({ head: sideSchema, base: sideSchema.optional() }),
});
export type CompareExecution = z.infer<typeof compareSchema>;

const executionSchema = z.discriminatedUnion('kind', [optimizeSchema, compareSchema]);
export type Execution = z.infer<typeof executionSchema>;

/** The user's own models in it. */
export function givenModels(execution: Execution): StoredArtifact[] {
  const { networks = {} } = execution.kind === 'optimize' ? execution.identified : execution.sides;
  const { teacher, student } = networks;
  const beside = [teacher, student].flatMap((network) => (network ? [network.artifact] : []));
  if (execution.kind === 'optimize') return [execution.identified.given.artifact, ...beside];
  const { head, base } = execution.sides;
  return [...[head, ...(base ? [base] : [])].map(({ given }) => given.artifact), ...beside];
}

/** Where the files of weights lie that are beside the user's own models. */
export function filesBeside(execution: Execution): ReadonlyMap<Digest, Place> {
  const found = new Map<Digest, Place>();
  for (const { digest, external = [] } of givenModels(execution)) {
    const source = execution.sources[digest];
    if (!source) continue;
    for (const file of external) {
      const path = posix.join(posix.dirname(source.entry), file.location);
      const place = source.files.find((one) => one.path === path);
      if (place) found.set(file.digest, place);
    }
  }
  return found;
}

const roundSchema = z.object({
  schema: z.literal('fettle.round/1'),
  /** What this round runs, for the next to collect. */
  open: z.array(
    z.object({
      key: z.string(),
      step: z.string(),
      version: z.int(),
      lane: z.string(),
      fresh: z.boolean(),
    }),
  ),
  /** Of all rounds before. */
  failed: z.record(z.string(), failureSchema),
  ran: z.array(z.string()),
  /** How often the addresses of a step ended before its worker did, by key. */
  expired: z.record(z.string(), z.int()).optional(),
  seconds: z.number(),
  /** Of all that is planned, 0…1, by expected seconds. */
  progress: z.number().optional(),
  /** Where latencies were measured, if any were. */
  machine: machineSchema.optional(),
});
export type Round = z.infer<typeof roundSchema>;

export const FIRST_ROUND: Round = {
  schema: 'fettle.round/1',
  open: [],
  failed: {},
  ran: [],
  seconds: 0,
};

/** A job needs six to ten; more would be a loop. */
export const MAX_ROUNDS = 40;

/** Of a job that trains: what is taken out in several rounds, a student on labels alone, and every epoch is one. */
const TRAINING_ROUNDS = { steps: 60, epochs: 4 };

/** Above this a job is taken for one without an end. */
export function maxRounds(job: Pick<Job, 'variants' | 'autoTrains' | 'train'>): number {
  if (trainedVariants(job).length === 0) return MAX_ROUNDS;
  const { steps, epochs } = TRAINING_ROUNDS;
  return MAX_ROUNDS + steps + epochs * (job.train.epochs ?? MOST_EPOCHS);
}

/** Keys of one execution in the outbox; they expire by lifecycle. */
export class ExecutionKeys {
  readonly execution: string;
  readonly #prefix: string;

  constructor(execution: string) {
    this.execution = execution;
    this.#prefix = `work/${execution}`;
  }

  get job(): string {
    return `${this.#prefix}/job.json`;
  }

  /** What the job is going to do, for whoever looks while it runs. */
  get plan(): string {
    return `${this.#prefix}/plan.json`;
  }

  /** What ended the job, for whoever tells it. */
  get error(): string {
    return `${this.#prefix}/error.json`;
  }

  round(round: number): string {
    return `${this.#prefix}/rounds/${round}.json`;
  }

  /** The shards of a round that are too many for a state. */
  manifest(round: number): string {
    return `${this.#prefix}/rounds/${round}-shards.json`;
  }

  order(key: string): string {
    return `${this.#prefix}/shards/${key}/order.json`;
  }

  /** Written by the worker. */
  result(key: string): string {
    return `${this.#prefix}/shards/${key}/result.json`;
  }

  blob(key: string, slot: number): string {
    return `${this.#prefix}/shards/${key}/blob-${slot}`;
  }

  /** Of a blob that is too large for one. */
  piece(key: string, index: number): string {
    return `${this.#prefix}/shards/${key}/piece-${index}`;
  }

  /** That addresses ended before the worker did, for the `count`-th time. */
  expired(key: string, count: number): string {
    return `${this.#prefix}/shards/${key}/expired-${count}.json`;
  }

  /** Written by the trusted side for a worker that could not. */
  failure(key: string): string {
    return `${this.#prefix}/shards/${key}/failure.json`;
  }
}

/** @throws when what lies there is no execution: nobody but a defect writes another */
export async function readExecution(
  objects: ObjectStore,
  keys: ExecutionKeys,
): Promise<Execution | undefined> {
  return (await readJson(objects, keys.job, executionSchema))?.value;
}

/** `undefined`: it was not planned yet. @throws as {@link readExecution} does */
export async function readRound(
  objects: ObjectStore,
  keys: ExecutionKeys,
  round: number,
): Promise<Round | undefined> {
  return (await readJson(objects, keys.round(round), roundSchema))?.value;
}

/** A result that is none, or none at all, is `undefined`: a worker wrote it. */
export async function readResult(
  objects: ObjectStore,
  key: string,
): Promise<ShardResult | undefined> {
  const found = await objects.get(key);
  if (!found) return undefined;
  try {
    const parsed = resultSchema.safeParse(JSON.parse(Buffer.from(found.bytes).toString('utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
