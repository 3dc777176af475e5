#!/usr/bin/env node
/** The `fettle` command. Everything heavy is imported by the command that needs it. */
import nodeModule from 'node:module';
import { setUpCompilation } from './compilation.ts';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(
    `error: fettle needs Node 22.12 or later, this is ${process.versions.node}.\n`,
  );
  process.exit(2);
}
setUpCompilation();
nodeModule.enableCompileCache();
const { callersFolder } = await import('./environment.ts');
const { runCli } = await import('./run-cli.ts');
const code = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: callersFolder(process.cwd(), process.env),
  env: process.env,
});
// Not before everything is out: a pipe takes 64 KiB at a time.
process.stdout.write('', () => process.exit(code));
