/** The names of variants, checked before anything runs. */
import { InputError } from '../../base/errors.ts';
import { suggest } from '../../base/suggest.ts';
import { parseVariant } from '../../compress/variant.ts';
import { OFFERED_VARIANTS } from './offered.ts';

/** Throws {@link InputError} for a name that stands for nothing; `where` is the flag or the line. */
export function checkVariants(names: readonly string[], where: string): void {
  for (const name of names) {
    try {
      parseVariant(name);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(error.message, {
        where,
        hint: error.hint ?? suggest(name, OFFERED_VARIANTS),
        cause: error,
      });
    }
  }
}
