/** What a row says of its training: every epoch, what was there before the first, and why it ended. */

import { z } from 'zod';
import { accuracyVerdictSchema, countSchema, digestSchema, numberSchema } from './schema-parts.ts';

const epochSchema = z.object({
  /** From 1, over all stages of the recipe. */
  epoch: countSchema,
  /** The mean over the epoch's batches, each before its own step. */
  loss: numberSchema,
  /** The same loss on the validation samples, after the epoch. */
  validation: numberSchema,
});
export type TrainedEpoch = z.infer<typeof epochSchema>;

/** A state of the network on the validation samples. */
const stateSchema = z.object({
  /** `start`; `removed`: what was to go is gone; `norms`: BatchNormalizations re-estimated, nothing trained; `trained`. */
  state: z.enum(['start', 'removed', 'norms', 'trained']),
  /** Which stage of a recipe that removes in several, e.g. "pruned-75". */
  stage: z.string().optional(),
  /** The loss that is trained. */
  validation: numberSchema,
  /** Of `metric`, on the same samples. */
  score: numberSchema.optional(),
});
export type TrainedState = z.infer<typeof stateSchema>;

/** The same student, from the same start, trained on labels alone. */
const withoutTeacherSchema = z.object({
  /** What the losses of its epochs are: another one than the taught student's. */
  loss: z.string(),
  epochs: z.array(epochSchema),
  metric: z.string(),
  value: numberSchema,
  /** Distilled − trained on labels alone, on the evaluation samples, with its 95 % interval. */
  difference: numberSchema,
  low: numberSchema.optional(),
  high: numberSchema.optional(),
  samples: countSchema,
  verdict: accuracyVerdictSchema,
});
export type WithoutTeacher = z.infer<typeof withoutTeacherSchema>;

export const trainingSchema = z.object({
  /** Which part of the variant's recipe: `slim-50`, `int8-qat`. */
  name: z.string(),
  /** How many it was trained on, and how many each epoch was validated on: samples of the selection part, or held out. */
  samples: countSchema,
  validationSamples: countSchema,
  /** Inputs were drawn, since none were given. */
  synthetic: z.boolean().optional(),
  /** What outputs are compared with: "labels", "the source model", "teacher.onnx and labels". */
  against: z.string(),
  /** What `loss` is, e.g. "cross-entropy". */
  loss: z.string(),
  batch: countSchema,
  rate: numberSchema,
  /** What `score` is; absent where nothing says what is right. */
  metric: z.string().optional(),
  states: z.array(stateSchema),
  /** Digests of the plans, round by round, as the store has them: JSON that lists what went, and its score. */
  plans: z.array(digestSchema).optional(),
  epochs: z.array(epochSchema),
  /** How many epochs it would have been. */
  planned: countSchema,
  /** The epoch whose weights were taken, of the last stage; 0: none was better than the state before. */
  best: countSchema,
  /** Why it ended before the last planned epoch. */
  stopped: z.string().optional(),
  withoutTeacher: withoutTeacherSchema.optional(),
});
export type Training = z.infer<typeof trainingSchema>;
