/** The Action as one file: a runner starts it from the repository, where nothing is installed. */
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/**
 * Readers of formats, which nothing in the bundle calls: it tells models apart, and the process that measures reads
 * them. They stay a path to the sources that lie beside the bundle.
 */
const READERS = /\/shared\/formats\/[\w-]+\/(read-[\w-]+|saved-model-files)\.ts$/;

/** The text of `action/dist/main.js`: the same from the same sources. */
export async function bundleAction(root: string): Promise<string> {
  const bundle = await rolldown({
    cwd: root,
    input: { main: join(root, 'action', 'main.ts') },
    platform: 'node',
    // What is not called at the start shall not be compiled at the start.
    optimization: { pifeForModuleWrappers: false },
    external: (id) => READERS.test(id),
    plugins: [
      {
        name: 'readers-stay-outside',
        resolveId: {
          filter: { id: /\/(read-[\w-]+|saved-model-files)\.ts$/ },
          handler: (id, importer) =>
            importer?.endsWith('/format-list.ts')
              ? { id: `../../shared/formats/${id.slice(2)}`, external: true }
              : null,
        },
      },
    ],
    // Warnings about what packages do inside are not ours to act on.
    logLevel: 'silent',
  });
  const { output } = await bundle.generate({
    format: 'esm',
    codeSplitting: false,
    comments: false,
    // Names of classes are told to people and sent between processes.
    minify: { compress: true, mangle: { keepNames: true }, codegen: true },
  });
  await bundle.close();
  const [chunk, ...others] = output;
  if (others.length > 0) throw new Error(`the bundle is ${output.length} files`);
  return chunk.code;
}
