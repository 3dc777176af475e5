/** What the command line is run in: streams, folder, variables. Tests supply their own. */

export interface Environment {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
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
