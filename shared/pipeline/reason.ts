/** Errors as reasons of rows: why a variant, a target or a number is not there. */
import { DefectError, FettleError, InputError, ModelError } from '../base/errors.ts';

/** Message and advice in one line. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof FettleError) || error instanceof DefectError) {
    const what = error instanceof Error ? error.message : String(error);
    return `a defect in Fettle: ${what}. Please report it`;
  }
  return error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
}

/** Whether the user must change what they gave, so that no row can stand for it. A broken model that we made is not theirs. */
export function isUsersMistake(error: unknown): boolean {
  return error instanceof InputError && !(error instanceof ModelError);
}
