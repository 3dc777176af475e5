/** What GitHub refused, in words that say who must act. */
import { type FettleError, InputError, ToolError } from '../../shared/base/errors.ts';

/** The answer's status; `undefined` for what is no answer of GitHub. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number'
    ? error.status
    : undefined;
}

/** `doing`: "read the tree of 1a2b3c". `permission`: what the workflow must grant, as it is written there. */
export function explainGitHub(error: unknown, doing: string, permission: string): FettleError {
  const status = statusOf(error);
  const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
  const what = `GitHub did not let Fettle ${doing}: ${status ?? 'no answer'} ${message}`;
  if (status === 401)
    return new InputError(what, { hint: 'Check the input "token".', cause: error });
  if (status === 403)
    return new InputError(what, {
      hint: `Grant it in the workflow: permissions: { ${permission} }`,
      cause: error,
    });
  if (status === 404)
    return new InputError(what, {
      hint: `It is not there, or the token may not see it: permissions: { ${permission} }`,
      cause: error,
    });
  return new ToolError(what, { hint: 'Run the job again later.', cause: error });
}
