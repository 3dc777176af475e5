/** What a shard gave: `result.json`, written by whoever ran it. Nothing in it is believed unchecked. */
import { z } from 'zod';
import { digestSchema } from '../artifact.ts';
import { wireErrorSchema } from '../local/error-wire.ts';
import { machineSchema } from '../steps/machine.ts';
import { MAX_PIECES } from './order.ts';

/** Bytes that the step stored, and which of the order's slots they lie in, or in how many of its pieces. */
const uploadedSchema = z.union([
  z.object({ digest: digestSchema, slot: z.int().min(0) }),
  z.object({ digest: digestSchema, pieces: z.int().min(1).max(MAX_PIECES) }),
]);

const doneSchema = z.object({
  schema: z.literal('fettle.result/1'),
  key: z.string(),
  status: z.literal('done'),
  /** The step's own schema checks it. */
  output: z.unknown(),
  blobs: z.array(uploadedSchema).max(64),
  seconds: z.number().min(0),
  /** Where it ran. */
  machine: machineSchema,
});

/** Also what the trusted side writes for a worker that could not. */
export const failureSchema = z.object({
  schema: z.literal('fettle.result/1'),
  key: z.string(),
  status: z.literal('failed'),
  error: wireErrorSchema,
});
export type StepFailure = z.infer<typeof failureSchema>;

export const resultSchema = z.discriminatedUnion('status', [doneSchema, failureSchema]);
export type ShardResult = z.infer<typeof resultSchema>;

/** Text of a result is short: whatever is large is a blob. */
export const MAX_RESULT_BYTES = 4_000_000;
