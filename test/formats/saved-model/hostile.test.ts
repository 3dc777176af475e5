/** Damaged and malicious files end in an error that tells the user, or are models. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { readFrozenGraph } from '../../../shared/formats/frozen-graph/read-frozen-graph.ts';
import { readSavedModel } from '../../../shared/formats/saved-model/read-saved-model.ts';
import { DAMAGED, damage, outcome } from './_damage.ts';
import { copyOf, modelFolder } from './_models.ts';

/** The slow test of the same name does more. */
const ROUNDS = 9;

it.each(DAMAGED)('%s with a damaged %s', async (name, file) => {
  const counts = await damage(name, file, ROUNDS, name);
  expect(counts.refused).toBeGreaterThan(0);
});

it('an index that is no file', async () => {
  const folder = copyOf('module_types', (path, bytes) =>
    path.endsWith('.index') ? undefined : bytes,
  );
  writeFileSync(join(folder, 'variables/variables.index'), '');
  expect(await outcome(readSavedModel, folder)).toBe('refused');
});

it('empty files, folders and text', async () => {
  const folder = makeTempDir('test');
  writeFileSync(join(folder, 'saved_model.pb'), '');
  expect(await outcome(readSavedModel, folder)).toBe('refused');
  expect(await outcome(readFrozenGraph, join(folder, 'saved_model.pb'))).toBe('refused');
  writeFileSync(join(folder, 'saved_model.pb'), 'meta_graphs { }');
  expect(await outcome(readSavedModel, folder)).toBe('refused');
  expect(await outcome(readFrozenGraph, folder)).toBe('refused');
  expect(await outcome(readFrozenGraph, join(modelFolder('module_types'), 'saved_model.pb'))).toBe(
    'refused',
  );
});
