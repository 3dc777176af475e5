/** The functions and all processes that they start, bundled: a module loaded from one of a thousand files costs more. */
import { globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** Modules that other processes begin with (see shared/base/module-url.ts), and the handlers. */
export const ENTRIES: readonly string[] = [
  'functions/index',
  'functions/batch',
  'functions/start',
  'shared/runtime/child/main',
  'shared/engines/references/child/main',
  'shared/pipeline/local/worker',
  'shared/pipeline/steps/registry',
];

/** Below `shared/`, as modules find each other and `package.json` from there. */
const placeOf = (entry: string): string => entry.replace(/^functions\//, 'shared/functions/');

/** Writes `index.js`, `batch.js`, `start.js` and `shared/`. `packages`: those that stay outside. */
export async function bundleFunctions(
  root: string,
  target: string,
  packages: readonly string[],
): Promise<void> {
  const inside = (id: string): boolean =>
    !packages.some((name) => id === name || id.startsWith(`${name}/`));
  const present = ENTRIES.filter((entry) => globSync(`${entry}.ts`, { cwd: root }).length > 0);
  const bundle = await rolldown({
    cwd: root,
    input: Object.fromEntries(present.map((entry) => [placeOf(entry), `${entry}.ts`])),
    platform: 'node',
    external: (id) => !inside(id),
    // Warnings about what packages do inside are not ours to act on.
    logLevel: 'silent',
  });
  await bundle.write({
    dir: target,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'shared/chunks/[name]-[hash].js',
    comments: false,
  });
  await bundle.close();
  for (const entry of present.filter((entry) => entry.startsWith('functions/'))) {
    const [, name] = entry.split('/');
    writeFileSync(join(target, `${name}.js`), `export * from './${placeOf(entry)}.js';\n`);
  }
}
