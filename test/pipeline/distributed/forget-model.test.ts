import { expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { forgetModel, toForget } from '../../../shared/pipeline/distributed/forget-model.ts';
import { readModelRuns } from '../../../shared/pipeline/distributed/model-runs.ts';
import { FolderObjects } from './_folder-objects.ts';
import { publishFake, runId } from './_published.ts';

it('counts what would go, removes it, and nothing of others', async () => {
  const objects = new FolderObjects(makeTempDir('test'));
  await publishFake(objects, 'a', { day: 1 });
  await publishFake(objects, 'a', { day: 2, verdict: 'regressed' });
  await publishFake(objects, 'a/b', { day: 1 });
  await objects.put('blobs/sha256/00', 'shared');
  const model = await readModelRuns(objects, 'a');
  expect(toForget(model)).toEqual({
    name: 'a',
    runs: [runId(2), runId(1)],
    objects: 6,
    bytes: expect.any(Number),
  });
  await forgetModel(objects, model);
  const left = [];
  for await (const { key } of objects.list('')) left.push(key);
  expect(left).toEqual([
    'blobs/sha256/00',
    'models/a/b/latest.json',
    `models/a/b/runs/${runId(1)}/manifest.json`,
    `models/a/b/runs/${runId(1)}/report.json`,
  ]);
});
