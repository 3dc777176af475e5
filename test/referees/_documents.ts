/** Workflow files out of the documents, as they are printed there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../architecture/sources.ts';

/** The first YAML block below a heading, or in the document. @throws Error where there is none */
export function printed(document: string, heading?: string): string {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const from = heading === undefined ? 0 : text.indexOf(`\n## ${heading}\n`);
  const [, block] = /\n```yaml\n(name: [\s\S]*?)```/.exec(from < 0 ? '' : text.slice(from)) ?? [];
  if (block === undefined) throw new Error(`${document} has no workflow below ${heading}`);
  return block;
}
