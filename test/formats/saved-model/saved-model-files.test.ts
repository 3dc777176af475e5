import { join } from 'node:path';
import { expect, test } from 'vitest';
import { savedModelFiles } from '../../../shared/formats/saved-model/saved-model-files.ts';

const FOLDER = 'test/fixtures/tensorflow/digits_cnn/saved_raw_sharded';

test('the folder and the file in it stand for the same files, shards included', async () => {
  const files = await savedModelFiles(FOLDER);
  expect(files).toContain(join(FOLDER, 'saved_model.pb'));
  expect(files.filter((name) => name.includes('variables.data'))).toHaveLength(4);
  expect(await savedModelFiles(join(FOLDER, 'saved_model.pb'))).toEqual(files);
});
