/**
 * Builds what the package ships: `npm run build` bundles `shared/` into `dist/`, types beside it. Bundled, because a
 * command that loads three hundred modules spends more time on finding them than on most models. Source:
 * https://rolldown.rs (MIT, what vitest builds with, so that it is here already).
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';

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

/** Packages that commands begin with: eight files to be found. The others stay packages, installed with this one. */
const BUNDLED = ['commander', 'fastest-levenshtein'];

/**
 * Node's own modules without `import`, which reads every export they have, and so loads what hangs behind them (web
 * cryptography, streams): 9 ms of a conversion. Not in the command's first file: it tells a Node that is too old for
 * this what is needed.
 */
const builtinsAsked: Plugin = {
  name: 'builtins-asked',
  renderChunk: (code, { name }) =>
    name === 'shared/cli/main'
      ? null
      : code.replace(
          /^import (?:([\w$]+),? )?(?:(\{ .+ \}) )?from ("node:.+");$/gm,
          (_, whole: string | undefined, names: string | undefined, from: string) =>
            [whole, names?.replaceAll(' as ', ': ')]
              .filter((bound) => bound !== undefined)
              .map((bound) => `const ${bound} = process.getBuiltinModule(${from});`)
              .join('\n'),
        ),
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
    external: (id) => !/^(\.|\/|shared\/)/.test(id) && !BUNDLED.includes(id),
  });
  await bundle.write({
    dir: `${root}/dist`,
    format: 'esm',
    entryFileNames: '[name].js',
    plugins: [builtinsAsked],
    // They are read on every start.
    comments: { annotation: false, jsdoc: false, legal: true },
    // Below shared/, as modules find each other from there.
    chunkFileNames: 'shared/chunks/[name]-[hash].js',
    ...(entries.length > 1 && { codeSplitting: { groups } }),
  });
  await bundle.close();
}
chmodSync(`${root}/dist/shared/cli/main.js`, 0o755);
