/** What the command line is run in: streams, folder, variables. Tests supply their own. */
import { dirname } from 'node:path';

export interface Environment {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The folder that relative paths start from. `npm run fettle` runs in the checkout's own folder, from
 * wherever it was called; npm tells from where.
 */
export function callersFolder(cwd: string, env: Environment['env']): string {
  const { npm_package_name: name, npm_package_json: manifest, INIT_CWD: called } = env;
  const isOwnScript = name === 'fettle' && manifest !== undefined && dirname(manifest) === cwd;
  return isOwnScript && called ? called : cwd;
}

/** The flags that every command takes. */
export interface GlobalFlags {
  readonly quiet?: boolean;
  /** `--no-color` makes it false. */
  readonly color?: boolean;
  readonly debug?: boolean;
}

/** Whether to colour a stream: asked for, a terminal, and nobody said no. Source: no-color.org. */
export function wantsColor(
  stream: { readonly isTTY?: boolean },
  flags: GlobalFlags,
  env: Environment['env'],
): boolean {
  if (flags.color === false || env.NO_COLOR || env.TERM === 'dumb') return false;
  return env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0' ? true : stream.isTTY === true;
}
