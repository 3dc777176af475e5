/**
 * What a worker is told: one step with its input, where the bytes lie and where to put what it makes. It comes
 * with addresses that are valid for a while and for nothing else, because the worker itself may do nothing.
 */
import { z } from 'zod';
import { TREE_CHUNK_BYTES } from '../../base/limits.ts';
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
  upload: z.object({
    result: z.string(),
    blobs: z.array(z.string()),
    /** For the one blob that is too large for a single request: pieces of `bytes` each, the last of what is left. */
    pieces: z.object({ bytes: z.int().positive(), urls: z.array(z.string()) }).optional(),
  }),
  /** Where this order is written anew, and after how many seconds to look: for workers that run for hours. */
  renewal: z.object({ url: z.string(), seconds: z.number().positive() }).optional(),
  /** For the step itself; what comes before and behind it is not counted. */
  seconds: z.number(),
  memoryBytes: z.number(),
});
export type Order = z.infer<typeof orderSchema>;

/** How often the trusted side signs the addresses of running jobs again. */
export const RENEWED_EVERY_SECONDS = 1200;

/** A step stores a model with its file of weights, and scores: more than these are a defect. */
export const BLOB_SLOTS = 8;

/** Of what is put at a stroke: S3 takes 5 GiB, and `tree256` is of chunks of 64 MiB. */
export const PIECE_BYTES = 64 * TREE_CHUNK_BYTES;

/** As many as an object of 64 MiB chunks has, 671 GB; their addresses are some 200 KB of an order. */
export const MAX_PIECES = Math.floor((10_000 * TREE_CHUNK_BYTES) / PIECE_BYTES);

/** What goes through the state machine of a shard: a few hundred bytes, whatever the order holds. */
export const shardSchema = z.object({ id: z.string(), lane: z.string(), order: z.string() });
export type Shard = z.infer<typeof shardSchema>;
