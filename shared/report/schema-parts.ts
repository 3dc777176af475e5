/** The small schemas that rows and models of a report share: counts, digests, verdicts, shapes. */

import { z } from 'zod';

/** A whole number of things, 0 or more. */
export const countSchema = z.int().nonnegative();

/** Anything measured: finite. What was not measured is absent, never 0 or null. */
export const numberSchema = z.number();

/** `sha256:…` or, above 1 GB, `tree256:…`; the prefix of a plain SHA-256 may be missing. */
export const digestSchema = z.string().regex(/^(?:sha256:|tree256:)?[0-9a-f]{64}$/);

/** Roll-up order, worst first: failed, regressed, inconclusive, ok. */
export const verdictSchema = z.enum(['ok', 'regressed', 'inconclusive', 'failed']);
export type Verdict = z.infer<typeof verdictSchema>;

/** Of a difference of accuracies. */
export const accuracyVerdictSchema = z.enum(['same', 'better', 'worse', 'inconclusive']);
export type AccuracyVerdict = z.infer<typeof accuracyVerdictSchema>;

/** Dimensions; a free one is named by a string. */
export const shapeSchema = z.array(z.union([z.int(), z.string()]));

/** Name, element type and shape of a model's input or output: what a snippet needs to feed it. */
export const ioSchema = z.object({
  name: z.string(),
  /** In onnxruntime's words: float32, int64, uint8, bool, string, float16, … */
  type: z.string(),
  shape: shapeSchema,
  /** The concrete shape that was measured, where `shape` has free dimensions. */
  measuredShape: z.array(countSchema).optional(),
  /** How the data was prepared before it was fed, e.g. "pixels / 16". */
  preparation: z.string().optional(),
});
export type ModelIo = z.infer<typeof ioSchema>;
