/** The Action as its sources: what is tested is what was just written, and not the bundle of it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { makeTempDir } from '../../shared/base/files.ts';
import { ROOT } from '../architecture/sources.ts';

/** A folder with an `action.yml` that starts the sources. */
export function sourceAction(): string {
  const folder = makeTempDir('source-action');
  const main = relative(folder, join(ROOT, 'action', 'main.ts'));
  const text = readFileSync(join(ROOT, 'action.yml'), 'utf8');
  writeFileSync(join(folder, 'action.yml'), text.replace('action/dist/main.js', main));
  return folder;
}
