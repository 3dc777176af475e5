/** The inputs of `action.yml`, checked: a runner hands on whatever stands in the workflow. */
import { z } from 'zod';
import { InputError } from '../shared/base/errors.ts';
import { isInside } from '../shared/base/inside-folder.ts';
import { suggest } from '../shared/base/suggest.ts';

export const MODES = ['local', 'aws'] as const;
export const FAIL_ON = ['regressed', 'inconclusive', 'never'] as const;
export const COMMENTS = ['summary', 'review', 'summary+review', 'none'] as const;

export interface Inputs {
  /** From the repository's root. */
  readonly config: string;
  readonly mode: (typeof MODES)[number];
  /** Name or ARN of the function `api`; used by `mode: aws` alone. */
  readonly functionName: string;
  readonly token: string;
  readonly failOn: (typeof FAIL_ON)[number];
  readonly comment: { readonly summary: boolean; readonly review: boolean };
  /** What the job `measure` gave to the job that comments; absent in all others. */
  readonly numbers?: string;
  /** Whether to set a commit status: needs `statuses: write`. */
  readonly commitStatus: boolean;
  /** Whether a scheduled run brings committed artifacts up to date: needs `contents: write`. */
  readonly updateArtifacts: boolean;
}

/**
 * A job's outputs may have a megabyte together; but an input comes as a variable of the environment, of which Linux takes
 * 128 KiB, name and all.
 */
export const NUMBERS_MAX_BYTES = 120 * 1024;

const HINT = 'See docs/github-action.md for all inputs.';

/** Of Lambda: 140 characters for an ARN with an alias. */
const FUNCTION_NAME = /^[A-Za-z0-9:_-]{1,170}$/;

const schema = z.object({
  config: z
    .string()
    .refine(isInside, 'a path inside the repository, relative to its root')
    .transform((path) =>
      path
        .split('/')
        .filter((part) => part !== '.' && part !== '')
        .join('/'),
    ),
  mode: z.enum(MODES),
  function: z.string().regex(FUNCTION_NAME, 'not the name or ARN of a Lambda function'),
  token: z.string().min(1, 'it is empty: give github.token, as by default'),
  'fail-on': z.enum(FAIL_ON),
  comment: z.enum(COMMENTS),
  numbers: z
    .string()
    .refine(
      (text) => Buffer.byteLength(text) <= NUMBERS_MAX_BYTES,
      `more than ${NUMBERS_MAX_BYTES} bytes`,
    ),
  'commit-status': z.stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive' }),
  'update-artifacts': z.stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive' }),
});

const DEFAULTS = {
  config: 'fettle.yml',
  mode: 'local',
  function: 'fettle-api',
  token: '',
  'fail-on': 'regressed',
  comment: 'summary+review',
  numbers: '',
  'commit-status': 'false',
  'update-artifacts': 'false',
} satisfies Record<keyof typeof schema.shape, string>;

/** From `INPUT_*`; an input that is missing or blank has its default. @throws InputError that names input and value */
export function readInputs(env: NodeJS.ProcessEnv): Inputs {
  const written = Object.fromEntries(
    Object.entries(DEFAULTS).map(([name, byDefault]) => {
      const value = env[`INPUT_${name.toUpperCase()}`]?.trim();
      return [name, value || byDefault];
    }),
  );
  const parsed = schema.safeParse(written);
  if (!parsed.success) throw explain(parsed.error, written);
  const { config, mode, token, comment, numbers } = parsed.data;
  return {
    config,
    mode,
    functionName: parsed.data.function,
    token,
    failOn: parsed.data['fail-on'],
    comment: { summary: comment.includes('summary'), review: comment.includes('review') },
    ...(numbers !== '' && { numbers }),
    commitStatus: parsed.data['commit-status'],
    updateArtifacts: parsed.data['update-artifacts'],
  };
}

function explain(error: z.ZodError, written: Readonly<Record<string, string>>): InputError {
  const issue = error.issues[0];
  const name = String(issue?.path[0] ?? '');
  const value = written[name] ?? '';
  // A token is never repeated, and numbers may be long.
  const shown = name === 'token' || name === 'numbers' ? '' : `${JSON.stringify(value)}: `;
  if (issue?.code !== 'invalid_value')
    return new InputError(`the input "${name}": ${shown}${issue?.message}`, { hint: HINT });
  const allowed = issue.values.map(String);
  return new InputError(`the input "${name}": ${shown}it is none of ${allowed.join(', ')}`, {
    hint: suggest(value, allowed),
  });
}
