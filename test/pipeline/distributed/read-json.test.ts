import { expect, test } from 'vitest';
import { z } from 'zod';
import { makeTempDir } from '../../../shared/base/files.ts';
import { readJson } from '../../../shared/pipeline/distributed/read-json.ts';
import { FolderObjects } from './_folder-objects.ts';

const schema = z.object({ name: z.string() });

test('an object is what its schema says, or nothing, or an error', async () => {
  const objects = new FolderObjects(makeTempDir('test'));
  expect(await readJson(objects, 'a', schema)).toBeUndefined();
  await objects.put('a', '{"name": "ä"}');
  const info = await objects.head('a');
  expect(await readJson(objects, 'a', schema)).toEqual({ value: { name: 'ä' }, info });
  await objects.put('a', '{"name": 1}');
  await expect(readJson(objects, 'a', schema)).rejects.toThrow('name');
  await objects.put('a', 'no JSON');
  await expect(readJson(objects, 'a', schema)).rejects.toThrow(SyntaxError);
});
