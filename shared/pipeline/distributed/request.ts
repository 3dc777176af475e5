/**
 * What is to be done with a model of the inbox, as an object `jobs/<job key>.json` of the outbox. The key names the
 * work: equal bytes under one name, uploaded again, are the same job.
 */
import { z } from 'zod';
import { digestJson, hexOf } from '../../base/digest.ts';
import { wireErrorSchema } from '../local/error-wire.ts';
import { MODEL_NAME, MODEL_NAME_MAX_LENGTH } from '../names.ts';
import type { ObjectInfo, ObjectStore } from './object-store.ts';
import { readJson } from './read-json.ts';
import { toolchainSchema } from './toolchain.ts';

/** An object of the inbox at the time of the request: what is overwritten meanwhile is another job. */
const inputObjectSchema = z.object({
  key: z.string().min(1),
  versionId: z.string().optional(),
  etag: z.string(),
  bytes: z.number().nonnegative(),
});
export type InputObject = z.infer<typeof inputObjectSchema>;

export const REASONS = ['upload', 'scheduled', 'requested'] as const;
export type Reason = (typeof REASONS)[number];

export const requestSchema = z.object({
  schema: z.literal('fettle.request/1'),
  name: z.string().regex(MODEL_NAME).max(MODEL_NAME_MAX_LENGTH),
  /** The bucket. */
  inbox: z.string(),
  /** Ends in `/`, or is empty: every key below begins with it. */
  prefix: z.string(),
  /** The entry first, with all files of a folder; empty only beside a `problem`. */
  model: z.array(inputObjectSchema),
  /** Of the file or folder, relative to the prefix; `.` is the prefix itself. */
  modelPath: z.string(),
  configuration: inputObjectSchema.optional(),
  /** The model's key in the configuration. */
  configurationModel: z.string().optional(),
  /** What the configuration names; without one, the data near the model, of which some may not fit it. */
  data: z.array(inputObjectSchema),
  /** ISO 8601: of the newest object that the job depends on. Later uploads are later versions. */
  sourceVersion: z.iso.datetime(),
  reason: z.enum(REASONS),
  toolchain: toolchainSchema,
  /** Digest of the model's own settings and defaults: a configuration may change for others. */
  settings: z.string().optional(),
  /** From 1: the same job asked for again, after a failure or after another became the latest. */
  attempt: z.int().min(1),
  /** What is known to be wrong before anything is run. */
  problem: wireErrorSchema.optional(),
});
export type JobRequest = z.infer<typeof requestSchema>;

/** A request that nobody tried to write yet. */
export type RequestDraft = Omit<JobRequest, 'attempt' | 'schema'>;

/** 40 hex digits: name, bytes of model and data, settings and toolchain; not when or why. */
export function jobKeyOf(request: Omit<RequestDraft, 'reason' | 'sourceVersion'>): string {
  const { name, prefix, modelPath, model, data, settings, toolchain, problem } = request;
  const contents = (objects: readonly InputObject[]): unknown =>
    objects
      .map(({ key, etag, bytes }) => [key.slice(prefix.length), etag, bytes])
      .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  const { message } = problem ?? {};
  return hexOf(
    digestJson({
      name,
      modelPath,
      model: contents(model),
      data: contents(data),
      settings,
      toolchain,
      message,
    }),
  ).slice(0, 40);
}

/** Where the request of a job lies. */
export const requestKey = (jobKey: string): string => `jobs/${jobKey}.json`;

/** The job key of a request's object. */
export const jobKeyOfRequest = (key: string): string => key.replace(/^jobs\/|\.json$/g, '');

/** The name of the execution that does a job. */
export const executionName = (jobKey: string, attempt: number): string => `${jobKey}-${attempt}`;

/** What an execution of `Optimize` is started with. */
export interface OptimizeInput {
  readonly request: string;
  readonly name: string;
  readonly attempt: number;
  readonly round: 0;
}

/** A request and the object it lies in. `undefined`: there is none. @throws for one that nobody but a defect wrote */
export async function readRequest(
  outbox: ObjectStore,
  key: string,
): Promise<{ readonly request: JobRequest; readonly info: ObjectInfo } | undefined> {
  const found = await readJson(outbox, key, requestSchema);
  return found && { request: found.value, info: found.info };
}

/** What a run, or an error, was made for, by the key of its folder. `undefined`: that is not known any more. */
export async function requestOfRun(
  run: string,
  outbox: ObjectStore,
): Promise<{ readonly key: string; readonly request: JobRequest } | undefined> {
  for await (const { key } of outbox.list(requestKey(run.slice(-12)).replace(/\.json$/, ''))) {
    const found = await readRequest(outbox, key);
    if (found) return { key, request: found.request };
  }
  return undefined;
}

/** A listed object as an input of a job. */
export const inputObject = ({ key, etag, bytes, versionId }: ObjectInfo): InputObject => ({
  key,
  etag,
  bytes,
  ...(versionId !== undefined && { versionId }),
});
