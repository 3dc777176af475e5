/** What a SavedModel is made of. */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesBelow } from '../../base/digest.ts';

/** Everything in its folder; the path may name the folder or the `saved_model.pb` in it. @throws InputError for too many files */
export async function savedModelFiles(path: string): Promise<readonly string[]> {
  const folder = statSync(path).isDirectory() ? path : dirname(path);
  return (await filesBelow(folder)).map((name) => join(folder, name));
}
