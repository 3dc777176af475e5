/**
 * Builds what the package ships: `npm run build` bundles `shared/` into `dist/`, types beside it. Bundled, because a
 * command that loads three hundred modules spends more time on finding them than on most models. Source:
 * https://rolldown.rs (MIT, what vitest builds with, so that it is here already).
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** The library, the command, and what other processes start from (see shared/base/module-url.ts). */
const ENTRIES = [
  'index',
  'cli/main',
  'runtime/child/main',
  'engines/references/child/main',
  'pipeline/local/worker',
  'pipeline/steps/registry',
];

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = fileURLToPath(new URL('../node_modules/.bin/tsc', import.meta.url));

rmSync(`${root}/dist`, { recursive: true, force: true });
execFileSync(tsc, ['-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
const bundle = await rolldown({
  cwd: root,
  input: Object.fromEntries(ENTRIES.map((name) => [`shared/${name}`, `shared/${name}.ts`])),
  platform: 'node',
  // Packages stay packages: they are installed with this one.
  external: (id) => !id.startsWith('.') && !id.startsWith('/') && !id.startsWith('shared/'),
});
await bundle.write({
  dir: `${root}/dist`,
  format: 'esm',
  entryFileNames: '[name].js',
  // Below shared/, as modules find each other from there.
  chunkFileNames: 'shared/chunks/[name]-[hash].js',
});
await bundle.close();
chmodSync(`${root}/dist/shared/cli/main.js`, 0o755);
