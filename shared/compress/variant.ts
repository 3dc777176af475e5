/**
 * Names of variants as recipes: `pruned-50+int8` is pruning, then static int8. A closed list; the
 * order is that of the work: what changes the network first, its precision last.
 */
import { InputError } from '../base/errors.ts';

/** One step of a recipe. Percentages are whole numbers from 1 to 99. */
export type RecipeStep =
  /** Trained to answer as the source does. */
  | { readonly kind: 'distilled' }
  /** Channels removed. */
  | { readonly kind: 'slim'; readonly percent: number }
  /** Weights set to zero, anywhere. */
  | { readonly kind: 'pruned'; readonly percent: number }
  /** Two of every four weights set to zero. */
  | { readonly kind: 'sparse-2-4' }
  | { readonly kind: 'precision'; readonly precision: Precision };

export const PRECISIONS = [
  'float16',
  'int8',
  'int8-dynamic',
  'int8-weights',
  'int4',
  'int8-qat',
  'int4-qat',
] as const;
export type Precision = (typeof PRECISIONS)[number];

export type Recipe =
  /** The converted model, exactly optimized. */
  | { readonly kind: 'float32'; readonly name: 'float32' }
  /** Whatever the search finds best. */
  | { readonly kind: 'auto'; readonly name: 'auto' }
  | { readonly kind: 'steps'; readonly name: string; readonly steps: readonly RecipeStep[] };

/** Every form of a name, for help texts and suggestions; `P` stands for a percentage. */
export const VARIANT_FORMS = [
  'float32',
  ...PRECISIONS,
  'pruned-P',
  'sparse-2-4',
  'slim-P',
  'distilled',
  'auto',
] as const;

const ORDER: readonly RecipeStep['kind'][] = [
  'distilled',
  'slim',
  'pruned',
  'sparse-2-4',
  'precision',
];

/**
 * The recipe behind a name.
 * @throws InputError for a name that stands for nothing, twice the same kind of step, or a wrong order.
 */
export function parseVariant(name: string): Recipe {
  if (name === 'float32') return { kind: name, name };
  if (name === 'auto') return { kind: name, name };
  const steps = name.split('+').map((part) => parseStep(part, name));
  const kinds = steps.map((step) => step.kind);
  if (
    new Set(kinds).size < kinds.length ||
    (kinds.includes('pruned') && kinds.includes('sparse-2-4'))
  )
    throw new InputError(`variant "${name}" takes the same kind of step twice`);
  const ordered = steps.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  const canonical = ordered.map(stepName).join('+');
  if (canonical !== name)
    throw new InputError(`variant "${name}" is in another order than the work is done`, {
      hint: `Write ${canonical}.`,
    });
  return { kind: 'steps', name, steps };
}

/** The name of a step, as {@link parseVariant} reads it. */
export function stepName(step: RecipeStep): string {
  if (step.kind === 'precision') return step.precision;
  return 'percent' in step ? `${step.kind}-${step.percent}` : step.kind;
}

/** The precision that a recipe ends with, if it has one. */
export function precisionOf(recipe: Recipe): Precision | undefined {
  const last = recipe.kind === 'steps' ? recipe.steps.at(-1) : undefined;
  return last?.kind === 'precision' ? last.precision : undefined;
}

function parseStep(part: string, name: string): RecipeStep {
  const precision = PRECISIONS.find((known) => known === part);
  if (precision) return { kind: 'precision', precision };
  if (part === 'distilled' || part === 'sparse-2-4') return { kind: part };
  const match = /^(pruned|slim)-([1-9]\d?)$/.exec(part);
  if (match) return { kind: match[1] === 'slim' ? 'slim' : 'pruned', percent: Number(match[2]) };
  if (/^(pruned|slim)(-|$)/.test(part))
    throw new InputError(`variant "${name}": ${part} needs a whole percentage from 1 to 99`, {
      hint: `For example ${part.startsWith('slim') ? 'slim' : 'pruned'}-50.`,
    });
  if (part === 'float32' || part === 'auto')
    throw new InputError(`variant "${name}": ${part} stands alone`);
  throw new InputError(`unknown variant "${name}"`);
}
