/** `fettle init`: finds models and data, writes `fettle.yml` and a workflow; overwrites nothing, but adds a line to `.gitignore`. */
import { existsSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { InputError } from '../../base/errors.ts';
import { explainWriteError, writeFileAtomically } from '../../base/files.ts';
import type { Register } from '../program.ts';

export const registerInit: Register = (program, { stdout, cwd }) => {
  program
    .command('init')
    .description('find models and data here, and write fettle.yml and a workflow')
    .addHelpText('after', '\nExamples:\n  cd my-project && fettle init && fettle run')
    .action(async () => {
      const { findProject } = await import('../init/find-project.ts');
      const { configText, workflowText } = await import('../init/write-project.ts');
      const { configuredModels } = await import('../init/configured-models.ts');
      const { isIgnored } = await import('../init/ignore.ts');
      const { pairData } = await import('../../pipeline/project/pair-data.ts');
      const project = await findProject(cwd);
      const config = await configuredModels(cwd);
      const readable = project.models.filter(({ isReadable }) => isReadable);
      const others = project.models.filter(({ isReadable }) => !isReadable);
      const lines = readable.map(({ path, isPointer }) => {
        if (config.sources?.has(resolve(cwd, path))) return `known  ${path} (in ${config.name})`;
        const remarks = [
          ...(isPointer ? ['a Git LFS pointer'] : []),
          ...(config.sources ? [`not in ${config.name}, which was there: add it`] : []),
        ];
        return `found  ${path}${remarks.length > 0 ? ` (${remarks.join('; ')})` : ''}`;
      });
      for (const { path, format } of others)
        lines.push(
          `found  ${path} (${format}: not read by this version; \`fettle inspect\` says how to convert it)`,
        );
      if (readable.length === 0) {
        const hint = others[0]
          ? `Convert it first: fettle inspect ${others[0].path} prints the line to run.`
          : 'Run it in the folder of a project that holds a model: .onnx, .keras, .h5, .tflite, a SavedModel, model.json.';
        throw new InputError(`no model that Fettle reads was found in ${cwd}`, { hint });
      }
      const write = async (path: string, text: string): Promise<void> => {
        const isThere = existsSync(join(cwd, path));
        if (!isThere) await writeFileAtomically(join(cwd, path), text);
        lines.push(isThere ? `kept   ${path} (it was there)` : `wrote  ${path}`);
      };
      const pairings = await pairData(project, cwd);
      await write(config.name, configText(pairings));
      const root = repositoryRoot(cwd);
      if (root === cwd) await write('.github/workflows/fettle.yml', workflowText());
      else if (root !== undefined) {
        lines.push(`no workflow: it belongs in the repository's root, ${relative(cwd, root)}`);
      }
      if (root !== undefined && !(await isIgnored(cwd, 'fettle-out/'))) {
        await addLine(join(cwd, '.gitignore'), 'fettle-out/');
        lines.push('added  fettle-out/ to .gitignore');
      }
      stdout.write(`${[...lines, '', 'Next: fettle run'].join('\n')}\n`);
    });
};

/** Appends, and ends what was the last line. */
async function addLine(path: string, line: string): Promise<void> {
  const old = existsSync(path) ? await readFile(path, 'utf8') : '';
  try {
    await appendFile(path, `${old === '' || old.endsWith('\n') ? '' : '\n'}${line}\n`);
  } catch (error) {
    throw explainWriteError(error, path);
  }
}

/** The nearest folder upwards with `.git`. */
function repositoryRoot(folder: string): string | undefined {
  for (let current = folder; ; ) {
    if (existsSync(join(current, '.git'))) return current;
    const parent = join(current, '..');
    if (parent === current) return undefined;
    current = parent;
  }
}
