/**
 * Which of the variants that have a name this version makes. The others change the network or train it:
 * they are understood, and skipped with a reason, in a plan as in a run.
 */
import { UnsupportedError } from '../../base/errors.ts';
import { type Precision, parseVariant } from '../../compress/variant.ts';

export const MADE_PRECISIONS = [
  'float16',
  'int8',
  'int8-dynamic',
  'int8-weights',
  'int4',
] as const satisfies readonly Precision[];
export type MadePrecision = (typeof MADE_PRECISIONS)[number];

/** What may be asked for, in the order of a help text. */
export const OFFERED_VARIANTS = ['float32', ...MADE_PRECISIONS, 'auto'] as const;

/** The precision that a variant consists of, if this version makes it. @throws InputError for no name at all */
export function madePrecision(variant: string): MadePrecision | undefined {
  const recipe = parseVariant(variant);
  const [step, ...more] = recipe.kind === 'steps' ? recipe.steps : [];
  if (step?.kind !== 'precision' || more.length > 0) return undefined;
  return MADE_PRECISIONS.find((precision) => precision === step.precision);
}

/** Why this version does not make a variant; `undefined` where it does. @throws InputError for no name at all */
export function notMade(variant: string): UnsupportedError | undefined {
  if (variant === 'float32' || variant === 'auto' || madePrecision(variant)) return undefined;
  return new UnsupportedError(
    `${variant} changes or trains the network, which this version of Fettle does not do`,
    { hint: `It makes ${MADE_PRECISIONS.join(', ')}.` },
  );
}
