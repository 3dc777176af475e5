/** Where messages go that are not results: a port, supplied by the command line, a function or a test. */

/** Lines for people. None of them is part of any result. */
export interface Log {
  /** Detail that is shown with `--debug` alone. */
  debug(message: string): void;
  info(message: string): void;
  /** Something that the user should know and that does not stop the work. */
  warn(message: string): void;
}

/** Says nothing. */
export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {} };

/** Keeps what was said, for tests. */
export function collectingLog(): Log & { readonly lines: readonly string[] } {
  const lines: string[] = [];
  return {
    lines,
    debug: (message) => lines.push(`debug: ${message}`),
    info: (message) => lines.push(`info: ${message}`),
    warn: (message) => lines.push(`warn: ${message}`),
  };
}
