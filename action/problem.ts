/** What went wrong, as people read it on the pull request. */
import { FettleError } from '../shared/base/errors.ts';
import type { Problem } from './outcome.ts';

/** A place as the configuration's reader names it, `fettle.yml:12`, in two. */
export function splitWhere(where: string): Pick<Problem, 'where' | 'line'> {
  const [, file, line] = /^(.*):(\d+)$/s.exec(where) ?? [];
  return file === undefined ? { where } : { where: file, line: Number(line) };
}

/** What a user must know of it. @throws the error itself where it is nobody's mistake */
export function toProblem(error: unknown, level: Problem['level'] = 'error'): Problem {
  if (!(error instanceof FettleError)) throw error;
  const { message, hint, where } = error;
  return {
    level,
    message,
    ...(hint !== undefined && { hint }),
    ...(where !== undefined && splitWhere(where)),
  };
}
