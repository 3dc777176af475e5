/** What the name of a trained variant says is to be done, in the order of the work. */
import { parseVariant, type RecipeStep } from '../../compress/variant.ts';

/** Something that is taken out of the network. */
export type Removal = Extract<RecipeStep, { kind: 'slim' | 'pruned' | 'sparse-2-4' }>;

/** Precisions that are trained. */
export type TrainedPrecision = 'int8-qat' | 'int4-qat';

export interface TrainedRecipe {
  readonly isDistilled: boolean;
  /** What goes, one after another. */
  readonly removals: readonly Removal[];
  /** The precision that it ends with, made as of any float32 model. */
  readonly precision?: string;
  /** Likewise, trained in that precision. */
  readonly trainedPrecision?: TrainedPrecision;
}

/** Channels that a student made of the teacher lacks where nothing else is said, in percent. */
const STUDENT_PERCENT = 50;

/** `undefined` for variants that nothing is trained for. `hasStudent`: a smaller network is given. @throws InputError for no name at all */
export function trainedRecipe(variant: string, hasStudent = false): TrainedRecipe | undefined {
  const recipe = parseVariant(variant);
  if (recipe.kind !== 'steps') return undefined;
  const isDistilled = recipe.steps.some(({ kind }) => kind === 'distilled');
  const named = recipe.steps.filter((step) => isRemoval(step));
  const last = recipe.steps.find((step) => step.kind === 'precision')?.precision;
  const trained = last === 'int8-qat' || last === 'int4-qat' ? last : undefined;
  if (!isDistilled && named.length === 0 && trained === undefined) return undefined;
  const derives = isDistilled && named.length === 0 && !hasStudent;
  return {
    isDistilled,
    removals: derives ? [{ kind: 'slim', percent: STUDENT_PERCENT }] : named,
    ...(trained !== undefined && { trainedPrecision: trained }),
    ...(trained === undefined && last !== undefined && { precision: last }),
  };
}

function isRemoval(step: RecipeStep): step is Removal {
  return step.kind === 'slim' || step.kind === 'pruned' || step.kind === 'sparse-2-4';
}

/** Whether zeros that are there stay: in every stage after the first pruning. */
export const keepsZeros = (removals: readonly Removal[]): boolean =>
  removals.some(({ kind }) => kind !== 'slim');
