/**
 * Builds what the package ships: `npm run build` bundles `shared/` into `dist/`, types beside it. Bundled, because a
 * command that loads three hundred modules spends more time on finding them than on most models. Source:
 * https://rolldown.rs (MIT, what vitest builds with, so that it is here already).
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/**
 * The library, the command, and what other processes start from (see shared/base/module-url.ts). Each list is
 * bundled by itself: a process that only runs a model loads no part of what converts one.
 */
const BUNDLES = [
  ['index', 'cli/main', 'pipeline/local/worker', 'pipeline/steps/registry'],
  ['runtime/child/main'],
  ['engines/references/child/main'],
];

/**
 * Modules and folders that are one file with all that they import, unless a group above has it: what one command loads as a
 * whole. Without them there would be one for each set of importers, and a conversion would look for 72 files, not 20:
 * 25 ms of 110 until it begins.
 */
const GROUPS = {
  command: ['cli/run-cli'],
  convert: ['pipeline/convert', 'cli/settings', 'cli/render/conversion', 'report/visible-text'],
  builder: ['formats/build/'],
  tensorflow: ['formats/saved-model/read-saved-model'],
  keras: ['formats/keras/read-keras', 'formats/keras/read-h5'],
};

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = fileURLToPath(new URL('../node_modules/.bin/tsc', import.meta.url));

rmSync(`${root}/dist`, { recursive: true, force: true });
execFileSync(tsc, ['-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
const groups = Object.entries(GROUPS).map(([name, modules], index, { length }) => {
  const places = modules.map((place) => `${root}shared/${place}`);
  const test = (id: string): boolean =>
    places.some((place) => (place.endsWith('/') ? id.startsWith(place) : id === `${place}.ts`));
  return { name, priority: length - index, test };
});
for (const entries of BUNDLES) {
  const bundle = await rolldown({
    cwd: root,
    input: Object.fromEntries(entries.map((name) => [`shared/${name}`, `shared/${name}.ts`])),
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
    ...(entries.length > 1 && { codeSplitting: { groups } }),
  });
  await bundle.close();
}
chmodSync(`${root}/dist/shared/cli/main.js`, 0o755);
