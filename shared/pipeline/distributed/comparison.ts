/**
 * A comparison of two models that lie in the store, as two objects of the outbox:
 *
 *     comparisons/<key>/request.json   what is to be compared
 *     comparisons/<key>/result.json    its report, or why there is none
 *
 * The key names the work, so that the same asked for twice is one.
 */
import { z } from 'zod';
import { digestJson, hexOf } from '../../base/digest.ts';
import { exitCodeOf, FettleError } from '../../base/errors.ts';
import { reportSchema } from '../../report/schema.ts';
import { digestSchema } from '../artifact.ts';
import { defaultsSchema } from '../config/schema.ts';
import { MODEL_NAME, MODEL_NAME_MAX_LENGTH } from '../names.ts';
import type { ObjectInfo, ObjectStore } from './object-store.ts';
import { readJson } from './read-json.ts';
import { toolchainSchema } from './toolchain.ts';

const fileSchema = z.object({
  /** Relative, with `/`. */
  path: z.string(),
  digest: digestSchema,
  bytes: z.number(),
  /** Above 1 GB: digests of its 64 MiB chunks, which are what is uploaded. */
  chunks: z.array(digestSchema).optional(),
});
export type ComparedBlob = z.infer<typeof fileSchema>;

const sideSchema = z.object({
  /** Of the file or folder among `files`. */
  path: z.string(),
  /** What people call it. */
  label: z.string(),
  files: z.array(fileSchema).min(1),
});
export type ComparedSide = z.infer<typeof sideSchema>;

export const comparisonSchema = z.object({
  schema: z.literal('fettle.comparison/1'),
  name: z.string().regex(MODEL_NAME).max(MODEL_NAME_MAX_LENGTH),
  /** `null`: the model is new. */
  base: sideSchema.nullable(),
  head: sideSchema,
  /** As `fettle.yml` says it of the model, its defaults included. */
  config: defaultsSchema,
  /** Files that `config` names, by the same paths. */
  data: z.array(fileSchema),
  toolchain: toolchainSchema,
  /** From 1: asked for again after it was stopped. */
  attempt: z.int().min(1),
});
export type ComparisonRequest = z.infer<typeof comparisonSchema>;

const resultErrorSchema = z.object({
  code: z.int(),
  message: z.string(),
  hint: z.string().optional(),
});
export type ResultError = z.infer<typeof resultErrorSchema>;

const frame = { schema: z.literal('fettle.comparison-result/1'), attempt: z.int() };
const resultSchema = z.discriminatedUnion('state', [
  z.object({ ...frame, state: z.literal('done'), report: reportSchema }),
  z.object({ ...frame, state: z.literal('failed'), error: resultErrorSchema }),
]);
export type ComparisonResult = z.infer<typeof resultSchema>;

/** 40 hex digits, of everything that the report depends on. */
export function comparisonKeyOf(request: Omit<ComparisonRequest, 'attempt' | 'schema'>): string {
  return hexOf(digestJson(request)).slice(0, 40);
}

const PREFIX = 'comparisons/';

export const comparisonRequestKey = (key: string): string => `${PREFIX}${key}/request.json`;
const resultKey = (key: string): string => `${PREFIX}${key}/result.json`;

/** The comparison's own key, of that of its request; `undefined` for the request of another job. */
export const comparisonOfRequest = (requestKey: string): string | undefined =>
  /^comparisons\/([0-9a-f]{40})\/request\.json$/.exec(requestKey)?.[1];

/** `undefined`: nobody asked for it. */
export async function readComparison(
  objects: ObjectStore,
  key: string,
): Promise<{ readonly request: ComparisonRequest; readonly info: ObjectInfo } | undefined> {
  const found = await readJson(objects, comparisonRequestKey(key), comparisonSchema);
  return found && { request: found.value, info: found.info };
}

/** `undefined`: it is not over. */
export async function readComparisonResult(
  objects: ObjectStore,
  key: string,
): Promise<ComparisonResult | undefined> {
  return (await readJson(objects, resultKey(key), resultSchema))?.value;
}

/** A report stays; a failure makes room for what comes later. */
export async function writeComparisonResult(
  objects: ObjectStore,
  key: string,
  result: ComparisonResult,
): Promise<void> {
  const former = await readJson(objects, resultKey(key), resultSchema);
  if (former?.value.state === 'done') return;
  const condition = former ? { ifMatch: former.info.etag } : { ifNoneMatch: '*' as const };
  // Who loses the race finds what another attempt gave.
  await objects.put(resultKey(key), JSON.stringify(result), {
    ...condition,
    contentType: 'application/json',
  });
}

/** An error as answers and results tell it. */
export function resultErrorOf(error: unknown): ResultError {
  const message = error instanceof Error ? error.message : String(error);
  const { where, hint } = error instanceof FettleError ? error : {};
  const place = where === undefined || message.includes(where) ? '' : `${where}: `;
  return {
    code: exitCodeOf(error),
    message: `${place}${message}`,
    ...(hint !== undefined && { hint }),
  };
}
