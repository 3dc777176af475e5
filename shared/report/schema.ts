/**
 * `fettle.report/1`: the one JSON that a run writes and that every renderer reads.
 *
 * The fields of `docs/report.md`; fields may be added, none changes its meaning within `/1`. A reader
 * ignores what it does not know. What was not measured is absent, never 0 or null.
 */

import { z } from 'zod';
import { InputError } from '../base/errors.ts';
import {
  countSchema,
  digestSchema,
  ioSchema,
  numberSchema,
  verdictSchema,
} from './schema-parts.ts';
import { variantRowSchema } from './variant-schema.ts';

export type { AccuracyVerdict, ModelIo, Verdict } from './schema-parts.ts';
export type * from './variant-schema.ts';

export const REPORT_SCHEMA = 'fettle.report/1';

export const gateSchema = z.object({
  variant: z.string(),
  target: z.string(),
  hardware: z.string(),
  metric: z.enum(['size', 'parameters', 'ops', 'latency', 'accuracy', 'fidelity']),
  /** As the user wrote it, e.g. `-50%`; absent for the rule that holds without any budget. */
  budget: z.string().optional(),
  result: z.enum(['kept', 'broken', 'inconclusive', 'not-measured']),
  /** One sentence with the measured and the wanted value. */
  sentence: z.string(),
  /** Of the comparison with the limit, two-sided, before Holm's correction; absent where exact. */
  pValue: numberSchema.optional(),
});
export type Gate = z.infer<typeof gateSchema>;

export const candidateSchema = z.object({
  name: z.string(),
  /** What was tried, e.g. "int8, min-max ranges, 2 Conv in float". */
  description: z.string().optional(),
  bytes: countSchema.optional(),
  /** Measured on the selection samples, as `latency.ratio` and `accuracy.difference`. */
  latencyRatio: numberSchema.optional(),
  accuracyDifference: numberSchema.optional(),
  onFront: z.boolean(),
  chosen: z.boolean().optional(),
  /** Why it was dropped. */
  reason: z.string().optional(),
});
export type Candidate = z.infer<typeof candidateSchema>;

export const autoSchema = z.object({
  /**
   * Beyond the variants asked for: making more candidates and scoring all of them; not their latencies. Absent where
   * that ran beside other work.
   */
  seconds: numberSchema.optional(),
  /** Why the recommended one is recommended, or why none is. */
  reason: z.string(),
  candidates: z.array(candidateSchema),
});
export type AutoSearch = z.infer<typeof autoSchema>;

export const dataSchema = z.object({
  calibration: countSchema.optional(),
  selection: countSchema.optional(),
  evaluation: countSchema.optional(),
  training: countSchema.optional(),
  /** True: no data was given, inputs were drawn from the declared or inferred range. */
  synthetic: z.boolean(),
  /** Of the evaluation samples, to tell whether two reports saw the same. */
  evaluationSha256: digestSchema.optional(),
  notes: z.array(z.string()).optional(),
});
export type DataCounts = z.infer<typeof dataSchema>;

export const sourceSchema = z.object({
  path: z.string(),
  format: z.string(),
  sha256: digestSchema.optional(),
  bytes: countSchema.optional(),
  /** "agrees within 1e-6 of tfjs" or "not verified". */
  verified: z.string(),
  /** False: the conversion computes something else than the source. Absent where nothing was compared. */
  agrees: z.boolean().optional(),
});
export type Source = z.infer<typeof sourceSchema>;

export const modelReportSchema = z.object({
  name: z.string(),
  verdict: verdictSchema,
  /** Why the model failed as a whole; then `variants` may be empty. */
  reason: z.string().optional(),
  /** The exit code of `reason`. */
  code: z.int().optional(),
  /** In a comparison of two states: whether the model is in one of them only. */
  change: z.enum(['added', 'removed', 'changed', 'unchanged']).optional(),
  /** The variants that were asked for by name; `float32` is made in any case. Absent: every row. */
  asked: z.array(z.string()).optional(),
  /** A variant's name; null when nothing can be recommended, absent when nothing was searched. */
  recommended: z.string().nullable().optional(),
  /** The variant that gates; absent means `float32`. */
  ship: z.string().optional(),
  /** Budgets by variant and metric, as the user wrote them. */
  budgets: z.record(z.string(), z.record(z.string(), z.string())).optional(),
  source: sourceSchema,
  /** The model that it was measured beside, where there was one. */
  base: sourceSchema.optional(),
  data: dataSchema,
  inputs: z.array(ioSchema).optional(),
  outputs: z.array(ioSchema).optional(),
  opset: countSchema.optional(),
  seed: z.int().optional(),
  seconds: numberSchema.optional(),
  auto: autoSchema.optional(),
  gates: z.array(gateSchema).optional(),
  notes: z.array(z.string()).optional(),
  variants: z.array(variantRowSchema),
});
export type ModelReport = z.infer<typeof modelReportSchema>;

const stateSchema = z.object({
  /** For people: a path, a branch, "before". */
  label: z.string(),
  commit: z.string().optional(),
});

export const comparisonSchema = z.object({
  /**
   * `variants`: each row against the same model's float32. `models`: against a base model measured
   * beside it. `reports`: against another report, so latencies are not comparable.
   */
  kind: z.enum(['variants', 'models', 'reports']),
  base: stateSchema.optional(),
  head: stateSchema.optional(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

export const reportSchema = z.object({
  schema: z.literal(REPORT_SCHEMA),
  tool: z.object({ name: z.literal('fettle'), version: z.string(), runtime: z.string() }),
  machine: z.object({
    cpu: z.string(),
    features: z.array(z.string()),
    cores: countSchema,
    memoryBytes: countSchema.optional(),
    os: z.string().optional(),
  }),
  /** ISO 8601, UTC. */
  startedAt: z.iso.datetime({ offset: true }),
  seconds: numberSchema,
  /** Steps that ran, and steps whose result the store had: where all were known, `seconds` says little. */
  steps: z.object({ run: countSchema, known: countSchema }).optional(),
  /** How latencies were measured where it is not the standard protocol, e.g. "short protocol: …". */
  protocol: z.string().optional(),
  /** Absent means `variants`. */
  comparison: comparisonSchema.optional(),
  verdict: verdictSchema,
  notes: z.array(z.string()).optional(),
  models: z.array(modelReportSchema),
});
export type Report = z.infer<typeof reportSchema>;

/** Checks a parsed JSON value; throws an InputError that names the field. `where` is the file's name. */
export function parseReport(value: unknown, where: string): Report {
  const id = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : null;
  if (id !== REPORT_SCHEMA) {
    const got =
      typeof id === 'string' ? `its schema is ${JSON.stringify(id)}` : 'it names no schema';
    throw new InputError(`not a Fettle report: ${got}, wanted "${REPORT_SCHEMA}"`, { where });
  }
  const parsed = reportSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.length ? issue.path.join('.') : 'the document';
  throw new InputError(`the report is not valid: ${field}: ${issue?.message ?? 'unknown'}`, {
    where,
    hint: 'Use a report.json as fettle wrote it.',
  });
}
