import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { digestBytes } from '../../../shared/base/digest.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { remoteObject } from '../../../shared/pipeline/distributed/remote-object.ts';
import { FolderObjects } from './_folder-objects.ts';

const objects = new FolderObjects(makeTempDir('test'));
const place = { key: 'team/m.onnx', bytes: 10 };
const digest = async () => digestBytes('0123456789');

it('is read by ranges, or fetched', async () => {
  const put = await objects.put(place.key, '0123456789');
  const file = remoteObject({ ...place, etag: put?.etag ?? '' }, objects, 'm.onnx', digest);
  expect(Buffer.from(await file.fetch(3, 4)).toString()).toBe('3456');
  const path = join(makeTempDir('test'), 'm.onnx');
  await file.download(path);
  expect(readFileSync(path, 'utf8')).toBe('0123456789');
  expect(file).toMatchObject({ path: 'm.onnx', bytes: 10 });
});

it('is refused when it is gone, shorter, or another', async () => {
  const gone = remoteObject({ ...place, key: 'none' }, objects, 'm.onnx', digest);
  await expect(gone.fetch(0, 1)).rejects.toMatchObject({ exitCode: 2 });
  const shorter = remoteObject({ ...place, bytes: 20 }, objects, 'm.onnx', digest);
  await expect(shorter.fetch(5, 10)).rejects.toThrow('was replaced');
  const other = remoteObject({ ...place, etag: 'other' }, objects, 'm.onnx', digest);
  await expect(other.fetch(0, 1)).rejects.toThrow('was replaced');
});
