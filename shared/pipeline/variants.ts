/** The names of variants, checked before anything runs. */
import { InputError } from '../base/errors.ts';
import { suggest } from '../base/suggest.ts';

/** Throws {@link InputError} for a name that stands for nothing. */
export function checkVariants(names: readonly string[], where: string): void {
  for (const name of names) {
    if (
      !/^(float16|int8(-dynamic|-weights|-qat)?|int4(-qat)?|auto|distilled|sparse-2-4|(pruned|slim)-\d+)(\+|$)/.test(
        name,
      )
    ) {
      throw new InputError(`unknown variant "${name}"`, {
        where,
        hint: suggest(name, [
          'float32',
          'float16',
          'int8',
          'int8-dynamic',
          'int8-weights',
          'int4',
          'auto',
        ]),
      });
    }
  }
}
