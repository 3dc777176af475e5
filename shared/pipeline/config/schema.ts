/** The shape of `fettle.yml`, version 1. Its keys and meanings are documented in `docs/configuration.md`. */
import { z } from 'zod';
import { dataSpecSchema, imageInputSchema } from '../../measure/data/spec.ts';
import { MODEL_NAME, MODEL_NAME_MAX_LENGTH, MODEL_NAME_RULE } from '../names.ts';
import { MAX_THREADS, OPSETS, splitNames } from './values.ts';

/** One name, several with commas, or a list. */
const namesSchema = z.union([
  z
    .string()
    .min(1)
    .transform((text) => splitNames(text)),
  z.array(z.string().min(1)).min(1),
]);

const amountSchema = z.union([z.string().min(1), z.number().positive()]);

/** Limits by metric, as `report/budgets.ts` reads them. */
const budgetSchema = z.record(z.string(), z.union([z.string(), z.number()]));

const dataPartsSchema = z.strictObject({
  all: dataSpecSchema.optional(),
  calibration: dataSpecSchema.optional(),
  evaluation: dataSpecSchema.optional(),
  training: dataSpecSchema.optional(),
  labels: z.string().min(1).optional(),
  metric: z.string().min(1).optional(),
  alphabet: z.string().min(1).optional(),
  input: imageInputSchema.optional(),
});
export type DataSettings = z.infer<typeof dataPartsSchema>;

const dataSchema = z.union([
  z
    .string()
    .min(1)
    .transform((path): DataSettings => ({ all: { path } })),
  dataPartsSchema,
]);

/** In AWS each is a round of a machine whose history ends after 25,000 events. */
const EPOCHS_LIMIT = 300;

const trainSchema = z.strictObject({
  epochs: z.int().positive().max(EPOCHS_LIMIT).optional(),
  rate: z.number().positive().optional(),
  batch: z.int().positive().optional(),
  minutes: z.number().positive().optional(),
  teacher: z.string().min(1).optional(),
  student: z.string().min(1).optional(),
  temperature: z.number().min(1).optional(),
  /** The share of labels beside a teacher. */
  hard: z.number().min(0).max(1).optional(),
  /** Inner values that shall agree: of the student, by the teacher's names. */
  features: z.record(z.string().min(1), z.string().min(1)).optional(),
});
export type TrainSettings = z.infer<typeof trainSchema>;

const autoSchema = z.strictObject({ seconds: amountSchema.optional() });

const settings = {
  signature: z.string().min(1).optional(),
  /** Tensors at which a graph is cut: they become its inputs. */
  cut: namesSchema.optional(),
  inputs: z.record(z.string(), z.array(z.int().nonnegative())).optional(),
  outputs: namesSchema.optional(),
  opset: z.int().min(OPSETS.least).max(OPSETS.most).optional(),
  data: dataSchema.optional(),
  variants: namesSchema.optional(),
  targets: namesSchema.optional(),
  hardware: namesSchema.optional(),
  threads: z.int().min(1).max(MAX_THREADS).optional(),
  ship: z.string().min(1).optional(),
  budget: budgetSchema.optional(),
  budgets: z.record(z.string(), budgetSchema).optional(),
  auto: autoSchema.optional(),
  train: trainSchema.optional(),
  seed: z.int().nonnegative().optional(),
  seconds: amountSchema.optional(),
  timeout: amountSchema.optional(),
  memory: amountSchema.optional(),
};

export const modelConfigSchema = z.strictObject({ source: z.string().min(1), ...settings });
export type ModelConfig = z.infer<typeof modelConfigSchema>;

export const defaultsSchema = z.strictObject({ source: z.string().min(1).optional(), ...settings });
/** Everything that may be said of a model, nothing required: defaults, and what flags say. */
export type ModelSettings = z.infer<typeof defaultsSchema>;

export const configSchema = z.strictObject({
  version: z.literal(1),
  models: z
    .record(
      // The name becomes the beginning of file names and, in S3, part of a key.
      z.string().regex(MODEL_NAME, MODEL_NAME_RULE).max(MODEL_NAME_MAX_LENGTH),
      modelConfigSchema,
    )
    .refine((models) => Object.keys(models).length > 0, 'names no model'),
  defaults: defaultsSchema.optional(),
  store: z.string().min(1).optional(),
});
export type Config = z.infer<typeof configSchema>;

/** The JSON Schema of the file, for editors; shipped as `schema/config.schema.json`. */
export function configJsonSchema(): unknown {
  return z.toJSONSchema(configSchema, { io: 'input', target: 'draft-2020-12' });
}
