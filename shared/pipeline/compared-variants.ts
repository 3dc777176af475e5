/** Which variants two states of a model are compared by. */
import type { ModelSettings } from './config/schema.ts';
import { DEFAULT_VARIANTS } from './names.ts';

/** Those that are made of the model, but for `auto` where nobody is judged by it: its search takes a minute a model. */
export function comparedVariants({ variants, ship, budgets }: ModelSettings): string[] {
  const isJudged = ship === 'auto' || Object.hasOwn(budgets ?? {}, 'auto');
  return [...(variants ?? DEFAULT_VARIANTS)].filter((variant) => variant !== 'auto' || isJudged);
}
