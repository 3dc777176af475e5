/** A mistake that a schema found, in the user's words: which key, what it may be, the nearest known one. */
import { z } from 'zod';
import { InputError } from '../../base/errors.ts';
import { suggest } from '../../base/suggest.ts';
import type { Located, Path } from './yaml.ts';

type Issue = z.core.$ZodIssue;

/** The first issue as an {@link InputError} that names the line. */
export function explainIssue(error: z.ZodError, schema: z.ZodType, located: Located): InputError {
  // A misspelt key is missed under its right name, too: that it is unknown says more.
  const issue = error.issues.find(({ code }) => code === 'unrecognized_keys') ?? error.issues[0];
  if (!issue) return new InputError('the configuration is not valid');
  const { issue: found, path } = innermost(issue, located.value);
  if (found.code === 'unrecognized_keys') {
    const key = found.keys[0] ?? '';
    const known = knownKeys(z.toJSONSchema(schema, { io: 'input' }), path);
    return new InputError(`unknown key "${key}"${inside(path)}`, {
      where: located.whereKey([...path, key]),
      hint: suggest(key, known),
    });
  }
  const key = path.join('.');
  return new InputError(
    `${key === '' ? 'the file' : `"${key}"`}: ${lowerFirst(messageOf(found))}`,
    {
      where: located.where(path),
      ...(path.length > 0 && { hint: 'See docs/configuration.md for what may stand there.' }),
    },
  );
}

/** Of a union that fits nowhere, the branch that was meant: the one that got past the outermost type. */
function innermost(issue: Issue, root: unknown, base: Path = []): { issue: Issue; path: Path } {
  const path: Path = [
    ...base,
    ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part)),
  ];
  if (issue.code !== 'invalid_union') return { issue, path };
  for (const branch of issue.errors) {
    const deeper = branch[0];
    if (deeper && (deeper.path.length > 0 || deeper.code !== 'invalid_type'))
      return innermost(deeper, root, path);
  }
  return { issue, path };
}

function messageOf(issue: Issue): string {
  if (issue.code === 'invalid_union') {
    const wanted = issue.errors.flatMap((branch) => {
      const first = branch[0];
      return first?.code === 'invalid_type' ? [first.expected] : [];
    });
    return wanted.length > 0 ? `wanted ${[...new Set(wanted)].join(' or ')}` : issue.message;
  }
  if (issue.code === 'invalid_key') {
    const rule = issue.issues[0]?.message;
    if (rule !== undefined) return rule;
  }
  if (issue.code === 'invalid_type' && /received undefined/.test(issue.message))
    return 'is required';
  return issue.message;
}

const inside = (path: Path): string => (path.length === 0 ? '' : ` in "${path.join('.')}"`);

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** The keys that the schema allows at a path, through records, arrays and unions. */
function knownKeys(schema: unknown, path: Path): string[] {
  if (!isObject(schema)) return [];
  const branches = [schema.anyOf, schema.oneOf].find(Array.isArray);
  if (branches) return [...new Set(branches.flatMap((branch) => knownKeys(branch, path)))];
  const [first, ...rest] = path;
  const { properties, additionalProperties, items } = schema;
  if (first === undefined) return isObject(properties) ? Object.keys(properties) : [];
  const next =
    isObject(properties) && String(first) in properties ? properties[String(first)] : undefined;
  return knownKeys(next ?? (typeof first === 'number' ? items : additionalProperties), rest);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
