/** `npm run ok`: everything that must hold before a commit lands, in the order of how fast it fails. */
import { spawnSync } from 'node:child_process';

const CHECKS: readonly (readonly [string, readonly string[]])[] = [
  ['format and lint', ['biome', 'ci', '.']],
  ['types', ['tsc', '-p', 'tsconfig.json']],
  ['architecture', ['vitest', 'run', '--project', 'fast', 'test/architecture']],
  ['tests', ['vitest', 'run', '--project', 'fast', '--exclude', 'test/architecture/**']],
  ['build', ['node', 'scripts/build.ts']],
];

/** CI has run the tests already, by the README's own command. */
const withoutTests = process.argv.includes('--without-tests');
const chosen = CHECKS.filter(
  ([name]) => !(withoutTests && ['architecture', 'tests'].includes(name)),
);

for (const [name, [command = '', ...args]] of chosen) {
  const start = performance.now();
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (status !== 0) {
    console.error(`ok: ${name} failed after ${seconds} s (${command} ${args.join(' ')})`);
    process.exit(1);
  }
  console.log(`ok: ${name}, ${seconds} s`);
}
