/** A module loader that hands TypeScript on as JavaScript, so that the fuzzer's own loader instruments it. */
import { readFile } from 'node:fs/promises';
import { type LoadHook, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';

export const load: LoadHook = async (url, context, nextLoad) => {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
  const source = await readFile(fileURLToPath(url), 'utf8');
  return { format: 'module', source: stripTypeScriptTypes(source), shortCircuit: true };
};
