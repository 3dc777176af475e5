/** What the bundle tells the process that measures: JSON in a file, both sides know its schema. */
import { z } from 'zod';
import { defaultsSchema } from '../../shared/pipeline/config/schema.ts';

const state = z.strictObject({ label: z.string(), commit: z.string().optional() });

const comparedSchema = z.strictObject({
  name: z.string(),
  /** From the root of the head, with `/`. */
  source: z.string(),
  /** From the root of the base; absent where nothing is compared with. */
  base: z.string().optional(),
  isNew: z.boolean(),
  settings: defaultsSchema,
  /** What relative paths in `settings` start from, from the root of the head. */
  folder: z.string(),
  /** `fettle.yml:12`, for mistakes in the settings. */
  where: z.string(),
  /** May be its data, where the settings name none: from the root of the head. */
  candidates: z.array(z.string()),
});
export type ComparedModel = z.infer<typeof comparedSchema>;

const removedSchema = z.strictObject({
  removed: z.strictObject({ name: z.string(), path: z.string(), bytes: z.number().optional() }),
});

export const orderSchema = z.strictObject({
  models: z.array(z.union([comparedSchema, removedSchema])),
  comparison: z.strictObject({ base: state.optional(), head: state.optional() }),
  /** Where files of the head lie, under their paths in the repository. */
  headRoot: z.string(),
  baseRoot: z.string(),
  /** Whoever wrote it may write to the repository. Else no metric module is run, and time and memory have limits. */
  isTrusted: z.boolean(),
  storeFolder: z.string(),
  /** Gets `report.json` and `report.html`. */
  out: z.string(),
  /** Whether `out` gets the artifacts, too, of models that are compared with nothing. */
  keepsArtifacts: z.boolean(),
});
export type Order = z.infer<typeof orderSchema>;
