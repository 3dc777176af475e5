/** Variants that may be asked for, as help texts and suggestions list them, and which of them are a precision alone. */
import { type Precision, parseVariant } from '../../compress/variant.ts';

/** Made of a float32 model as it is. */
export const MADE_PRECISIONS = [
  'float16',
  'int8',
  'int8-dynamic',
  'int8-weights',
  'int4',
] as const satisfies readonly Precision[];
export type MadePrecision = (typeof MADE_PRECISIONS)[number];

/** Trained, with the percentages that people begin with: any from 1 to 99 is understood. */
const TRAINED = [
  'int8-qat',
  'int4-qat',
  'pruned-90',
  'sparse-2-4',
  'slim-50',
  'distilled',
] as const;

/** What may be asked for, in the order of a help text. */
export const OFFERED_VARIANTS = ['float32', ...MADE_PRECISIONS, ...TRAINED, 'auto'] as const;

/** The precision that a variant consists of, where nothing is trained for it. @throws InputError for no name at all */
export function madePrecision(variant: string): MadePrecision | undefined {
  const recipe = parseVariant(variant);
  const [step, ...more] = recipe.kind === 'steps' ? recipe.steps : [];
  if (step?.kind !== 'precision' || more.length > 0) return undefined;
  return MADE_PRECISIONS.find((precision) => precision === step.precision);
}
