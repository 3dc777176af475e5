#!/usr/bin/env node
/** The `fettle` command. Everything heavy is imported by the command that needs it. */
import { enableCompileCache } from 'node:module';

enableCompileCache();
const { runCli } = await import('./run-cli.ts');
const code = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
  env: process.env,
});
// Not before everything is out: a pipe takes 64 KiB at a time.
process.stdout.write('', () => process.exit(code));
