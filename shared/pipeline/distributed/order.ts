/**
 * What a worker is told: one step with its input, where the bytes lie and where to put what it makes. It comes
 * with addresses that are valid for a while and for nothing else, because the worker itself may do nothing.
 */
import { z } from 'zod';
import { digestSchema } from '../artifact.ts';

/**
 * A file that a step reads; `path` is relative to the folder of its input. With `ranges` it reads nothing else of it,
 * and the file on the worker's disk has holes.
 */
const remoteFileSchema = z.object({
  path: z.string(),
  url: z.string(),
  ranges: z
    .array(z.object({ offset: z.int().min(0), length: z.int().min(0) }))
    .readonly()
    .optional(),
});
export type RemoteFile = z.infer<typeof remoteFileSchema>;

/** One digest: a blob is a file named by its digest, a source of the user's has its own names. */
const remoteInputSchema = z.object({
  digest: digestSchema,
  /** The file or folder that the digest stands for, as a path among `files`. */
  entry: z.string(),
  files: z.array(remoteFileSchema).min(1),
});
export type RemoteInput = z.infer<typeof remoteInputSchema>;

export const orderSchema = z.object({
  schema: z.literal('fettle.order/1'),
  execution: z.string(),
  model: z.string(),
  /** Of the step's result. */
  key: z.string(),
  step: z.string(),
  version: z.int(),
  input: z.unknown(),
  runtime: z.string(),
  inputs: z.array(remoteInputSchema),
  upload: z.object({ result: z.string(), blobs: z.array(z.string()) }),
  /** For the step itself; what comes before and behind it is not counted. */
  seconds: z.number(),
  memoryBytes: z.number(),
});
export type Order = z.infer<typeof orderSchema>;

/** A step stores a model with its file of weights, and scores: more than these are a defect. */
export const BLOB_SLOTS = 8;

/** What goes through the state machine of a shard: a few hundred bytes, whatever the order holds. */
export const shardSchema = z.object({ id: z.string(), lane: z.string(), order: z.string() });
export type Shard = z.infer<typeof shardSchema>;
