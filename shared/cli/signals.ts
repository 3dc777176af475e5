/** Ctrl-C and SIGTERM: children are stopped and temporary folders removed by the `exit` handlers of their owners. */

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

let isInstalled = false;

/** Ends the process with the contract's code (130, 143) at the first signal. */
export function exitOnSignals(stderr: {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}): void {
  if (isInstalled) return;
  isInstalled = true;
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.once(signal, () => {
      // A live display hides the cursor.
      stderr.write(
        `${stderr.isTTY ? '\x1b[?25h' : ''}\ninterrupted: nothing is left half-written\n`,
      );
      process.exit(code);
    });
  }
}
