/** The project's own source files, as the architecture tests read them. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface Source {
  /** From the project's root, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Files that match, without generated and vendored ones. */
export function sources(...patterns: readonly string[]): readonly Source[] {
  const found = globSync([...patterns], { cwd: ROOT }).map((path) => path.split(sep).join('/'));
  return found
    .filter((path) => !/(^|\/)(node_modules|dist|fixtures|golden)\//.test(path))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/** What the file imports: packages by name, files by path from the root. Dynamic imports are included. */
export function importsOf(source: Source): readonly string[] {
  const specifiers = [
    ...source.text.matchAll(/^\s*(?:import|export)\s[^;'"]*?from\s+['"]([^'"]+)['"]/gm),
    ...source.text.matchAll(/^\s*import\s+['"]([^'"]+)['"]/gm),
    ...source.text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g),
  ].map((match) => match[1] ?? '');
  return specifiers.map((specifier) =>
    specifier.startsWith('.')
      ? relative(ROOT, join(ROOT, dirname(source.path), specifier))
          .split(sep)
          .join('/')
      : specifier,
  );
}

/** The source without comments and string contents, so that a rule speaks of code alone. */
export function codeOnly(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/(^|[^:'"`])\/\/[^\n]*/g, '$1')
    .replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, "''");
}
