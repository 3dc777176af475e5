/** What a test wants of the machine: models of a Debian package, a browser, the right to mount. */

/**
 * `isThere`; where it is not, that is said, and what wants it is skipped. In CI, which runs as root and
 * installs it (`.ci/run`), skipping would be silence: there it is an error.
 */
export function machineHas(isThere: boolean, what: string, remedy: string): boolean {
  if (isThere) return true;
  const message = `${what} is missing on this machine. ${remedy}`;
  if (process.env.CI) throw new Error(`not run, and it must be in CI: ${message}`);
  console.error(`\n!!! NOT RUN: ${message}\n`);
  return false;
}
