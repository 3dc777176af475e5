/** `action.yml`, as a runner reads it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const schema = z.object({
  name: z.string(),
  description: z.string(),
  inputs: z
    .record(
      z.string(),
      z.object({
        description: z.string(),
        required: z.boolean().default(false),
        default: z.union([z.string(), z.boolean(), z.number()]).optional(),
        deprecationMessage: z.string().optional(),
      }),
    )
    .default({}),
  outputs: z.record(z.string(), z.object({ description: z.string() })).default({}),
  runs: z.strictObject({
    using: z.literal('node24'),
    main: z.string(),
    pre: z.string().optional(),
    post: z.string().optional(),
  }),
});

export type ActionFile = z.infer<typeof schema>;

/** @throws Error where a runner would refuse it */
export function readActionFile(folder: string): ActionFile {
  const name = ['action.yml', 'action.yaml'].find((one) => existsSync(join(folder, one)));
  if (name === undefined) throw new Error(`${folder} has no action.yml`);
  return schema.parse(parse(readFileSync(join(folder, name), 'utf8')));
}

export interface EffectiveInputs {
  /** `INPUT_FAIL-ON` */
  readonly env: Readonly<Record<string, string>>;
  /** What a runner says about them; it goes on all the same. */
  readonly warnings: readonly string[];
}

/** Defaults filled in. Missing and unknown inputs stop no runner. @throws Error for an expression that is none of `github` */
export function effectiveInputs(
  action: ActionFile,
  given: Readonly<Record<string, string>>,
  github: Readonly<Record<string, string>>,
): EffectiveInputs {
  const known = Object.keys(action.inputs);
  const lower = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
  const unknown = [...lower.keys()].filter(
    (name) => !known.some((one) => one.toLowerCase() === name),
  );
  const env: Record<string, string> = {};
  const set = (name: string, value: string): void => {
    env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] = value;
  };
  for (const [name, { default: byDefault = '' }] of Object.entries(action.inputs))
    set(name, lower.get(name.toLowerCase()) ?? evaluate(String(byDefault), github));
  for (const name of unknown) set(name, lower.get(name) ?? '');
  return {
    env,
    warnings: [
      ...known.flatMap((name) => {
        const { deprecationMessage } = action.inputs[name] ?? {};
        return deprecationMessage !== undefined && lower.has(name.toLowerCase())
          ? [`Input '${name}' has been deprecated with message: ${deprecationMessage}`]
          : [];
      }),
      ...(unknown.length > 0
        ? [`Unexpected input(s) ${quoted(unknown)}, valid inputs are [${quoted(known)}]`]
        : []),
    ],
  };
}

const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

/** Expressions of defaults: of the context `github` alone. */
function evaluate(text: string, github: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    const name = expression.replace(/^github\./, '');
    const value = expression.startsWith('github.') ? github[name] : undefined;
    if (value === undefined) throw new Error(`the default uses \${{ ${expression} }}`);
    return value;
  });
}
