/**
 * What the job that opens models hands to the job that writes: numbers and words of closed lists, nothing else.
 *
 * The models may be a stranger's, so whatever ran beside them may be the stranger's too. No name, path, sentence or
 * address gets through here; those come from the event, the API and the base branch.
 */

import { z } from 'zod';
import { InputError } from '../../shared/base/errors.ts';
import { HARDWARE } from '../../shared/base/hardware.ts';
import { parseVariant } from '../../shared/compress/variant.ts';
import { METRIC_NAMES } from '../../shared/measure/metrics/metrics.ts';
import { TARGETS } from '../../shared/pipeline/names.ts';
import { MODEL_ROW } from '../../shared/report/row-facts.ts';
import { NUMBERS_MAX_BYTES } from '../inputs.ts';

/** More than one pull request changes: what a stranger can make a comment hold. */
const MAX_MODELS = 1000;
/** All variants of a model for all kinds of hardware are fewer. */
const MAX_ROWS = 64;

/** Stands for any metric of the user's own: its name is in the configuration of the base branch. */
export const OWN_METRIC = 'own';

/** Sizes of files: 2^50 is a petabyte. */
const bytes = z
  .int()
  .min(0)
  .max(2 ** 50);
const count = z.int().min(0).max(1e12);
/** Milliseconds: a day at the most. */
const milliseconds = z.number().positive().max(86_400_000);
const ratio = z.number().min(1e-6).max(1e6);
/** Scores and errors, in whatever unit a metric has. */
const score = z.number().min(-1e15).max(1e15);
const share = z.number().min(-1).max(1.000001);

/** As the interval of one number: low ≤ number ≤ high. */
const isOrdered = (low: number | undefined, value: number | undefined, high: number | undefined) =>
  (low ?? value ?? 0) <= (value ?? low ?? 0) && (value ?? high ?? 0) <= (high ?? value ?? 0);

const variant = z.string().max(60).refine(isVariant, 'no variant');

function isVariant(name: string): boolean {
  if (name === MODEL_ROW) return true;
  try {
    return parseVariant(name).name === name;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

const size = z.strictObject({
  bytes,
  base: bytes.optional(),
  parameters: count.optional(),
  baseParameters: count.optional(),
  ops: count.optional(),
  baseOps: count.optional(),
});

const latency = z
  .strictObject({
    ms: milliseconds,
    msLow: milliseconds.optional(),
    msHigh: milliseconds.optional(),
    baseMs: milliseconds.optional(),
    ratio: ratio.optional(),
    low: ratio.optional(),
    high: ratio.optional(),
    sessions: z.int().min(0).max(1e6),
    threads: z.int().min(1).max(4096),
    /** False: timed, but not side by side. */
    isPaired: z.boolean(),
  })
  .refine(({ msLow, ms, msHigh }) => isOrdered(msLow, ms, msHigh), 'an interval without its number')
  .refine(({ low, ratio: at, high }) => isOrdered(low, at, high), 'an interval without its number');

const accuracy = z
  .strictObject({
    metric: z.enum([...METRIC_NAMES, OWN_METRIC]),
    higherIsBetter: z.boolean().optional(),
    value: score,
    valueLow: score.optional(),
    valueHigh: score.optional(),
    base: score.optional(),
    difference: score.optional(),
    low: score.optional(),
    high: score.optional(),
    samples: count,
    neededSamples: count.optional(),
  })
  .refine(
    ({ valueLow, value, valueHigh }) => isOrdered(valueLow, value, valueHigh),
    'an interval without its number',
  )
  .refine(
    ({ low, difference, high }) => isOrdered(low, difference, high),
    'an interval without its number',
  );

const fidelity = z.strictObject({ cosine: share, isSynthetic: z.boolean() });

const row = z.strictObject({
  variant,
  target: z.enum(TARGETS),
  hardware: z.enum(HARDWARE),
  status: z.enum(['done', 'skipped', 'failed']),
  /** As the exit codes. */
  code: z.union([z.literal(2), z.literal(3), z.literal(4), z.literal(70)]).optional(),
  /** It should run on the machine and did not. */
  isUnmeasured: z.boolean().optional(),
  size: size.optional(),
  latency: latency.optional(),
  accuracy: accuracy.optional(),
  fidelity: fidelity.optional(),
});
export type NumbersRow = z.infer<typeof row>;

const model = z.strictObject({
  /** Of the path, by {@link modelKey}: it is looked up among what changed, and means nothing else. */
  key: z.string().regex(/^[0-9a-f]{16}$/),
  /** Why the whole model failed, as the exit codes. */
  code: row.shape.code,
  /** What the check of the conversion said; absent where nothing was compared. */
  agrees: z.boolean().optional(),
  baseAgrees: z.boolean().optional(),
  samples: z.strictObject({
    calibration: count.optional(),
    selection: count.optional(),
    evaluation: count.optional(),
    training: count.optional(),
    isSynthetic: z.boolean(),
  }),
  rows: z.array(row).max(MAX_ROWS),
});
export type NumbersModel = z.infer<typeof model>;

export const numbersSchema = z.strictObject({
  version: z.literal(1),
  cores: z.int().min(1).max(4096),
  seconds: z.number().min(0).max(1e7),
  models: z.array(model).max(MAX_MODELS),
});
export type Numbers = z.infer<typeof numbersSchema>;

/** @throws InputError for text that is too long, no JSON, or anything else than numbers */
export function parseNumbers(text: string): Numbers {
  if (Buffer.byteLength(text) > NUMBERS_MAX_BYTES) {
    throw new InputError(`the numbers are longer than ${NUMBERS_MAX_BYTES} bytes`, { hint: HINT });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError('the numbers are no JSON', { hint: HINT, cause });
  }
  const parsed = numbersSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  // Neither the value nor an unknown key is repeated: both are the stranger's.
  const field = (issue?.path ?? []).filter(
    (part) => typeof part === 'number' || KNOWN.has(String(part)),
  );
  throw new InputError(
    `the numbers are not what Fettle writes: ${field.join('.') || 'the document'}`,
    {
      hint: HINT,
    },
  );
}

const HINT =
  'Hand on the output "numbers" of the job that measured, as docs/github-action.md shows.';
const KNOWN: ReadonlySet<string> = new Set(
  [numbersSchema, model, row, size, latency, accuracy, fidelity].flatMap(({ shape }) =>
    Object.keys(shape),
  ),
);
