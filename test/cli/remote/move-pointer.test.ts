import { expect, test } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { idOf, promoteModel, rollbackModel } from '../../../shared/cli/remote/move-pointer.ts';
import { readPointer } from '../../../shared/pipeline/distributed/pointers.ts';
import { FolderObjects } from '../../pipeline/distributed/_folder-objects.ts';
import { publishFake, runId } from '../../pipeline/distributed/_published.ts';

const latest = async (objects: FolderObjects): Promise<string> =>
  idOf((await readPointer(objects, 'm', 'latest'))?.pointer.run ?? '');

test('promoted and rolled back, each time with the difference of the two reports', async () => {
  const objects = new FolderObjects(makeTempDir('test'));
  await publishFake(objects, 'm', { day: 1 });
  await publishFake(objects, 'm', { day: 2, bytes: 150, verdict: 'regressed' });
  const promoted = await promoteModel(objects, 'm');
  expect(idOf(promoted.run)).toBe(runId(2));
  expect(promoted.difference?.models[0]?.variants[0]?.size).toMatchObject({
    bytes: 150,
    base: 100,
  });
  expect(await latest(objects)).toBe(runId(2));
  expect(await readPointer(objects, 'm', 'candidate')).toBeUndefined();
  await expect(promoteModel(objects, 'm')).rejects.toThrow('no candidate');

  const back = await rollbackModel(objects, 'm', undefined);
  expect([idOf(back.run), idOf(back.replaced ?? '')]).toEqual([runId(1), runId(2)]);
  expect(await latest(objects)).toBe(runId(1));
  await rollbackModel(objects, 'm', runId(2));
  expect(await latest(objects)).toBe(runId(2));
});

test('a candidate that a later upload overtook does not come back by itself', async () => {
  const objects = new FolderObjects(makeTempDir('test'));
  await publishFake(objects, 'm', { day: 1 });
  await publishFake(objects, 'm', { day: 2, verdict: 'regressed' });
  await publishFake(objects, 'm', { day: 3 });
  await expect(promoteModel(objects, 'm')).rejects.toThrow(/upload before the one in use/);
  expect(await latest(objects)).toBe(runId(3));
});
