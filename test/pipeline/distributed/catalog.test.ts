import { expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { listCatalog, noSuchModel } from '../../../shared/pipeline/distributed/catalog.ts';
import { FolderObjects } from './_folder-objects.ts';
import { failFake, publishFake } from './_published.ts';

it('models with their pointers, runs and bytes; names may hold slashes, and the word runs', async () => {
  const objects = new FolderObjects(makeTempDir('test'));
  await publishFake(objects, 'team/digits', { day: 1 });
  await publishFake(objects, 'team/digits', { day: 2, verdict: 'regressed' });
  await publishFake(objects, 'team/runs', { day: 3 });
  await failFake(objects, 'broken', 1);
  await objects.put('models/stray.txt', 'nobody knows');
  const models = await listCatalog(objects);
  expect(models).toMatchObject([
    { name: 'broken', runs: 1, failed: 1 },
    {
      name: 'team/digits',
      runs: 2,
      failed: 0,
      latest: { sourceVersion: '2026-01-01T00:00:00.000Z' },
      candidate: { verdict: 'regressed' },
    },
    { name: 'team/runs', runs: 1, latest: { verdict: 'ok' } },
  ]);
  expect(models[0]).not.toHaveProperty('latest');
  expect(models[1]?.bytes).toBeGreaterThan(500);
});

it('a model that is not there gets the nearest, and the one whose prefix was left out', async () => {
  const objects = new FolderObjects(makeTempDir('test'));
  expect(await noSuchModel(objects, 'x')).toMatchObject({ hint: expect.stringMatching(/Nothing/) });
  await publishFake(objects, 'team/digits', { day: 1 });
  for (const name of ['digits', 'team/digist'])
    expect(await noSuchModel(objects, name)).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('did you mean "team/digits"?'),
    });
});
