import { expect, test } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import {
  catalogJson,
  renderCatalog,
  renderRuns,
  runsJson,
} from '../../../shared/cli/remote/render-list.ts';
import { listCatalog } from '../../../shared/pipeline/distributed/catalog.ts';
import { readModelRuns } from '../../../shared/pipeline/distributed/model-runs.ts';
import { FolderObjects } from '../../pipeline/distributed/_folder-objects.ts';
import { failFake, publishFake, runId } from '../../pipeline/distributed/_published.ts';

const now = new Date('2026-01-03T01:00:00Z');
const objects = new FolderObjects(makeTempDir('test'));
await publishFake(objects, 'a/b', { day: 1 });
await publishFake(objects, 'a/b', { day: 2, verdict: 'regressed' });
await failFake(objects, 'broken', 1);

test('models: a line for each', async () => {
  const models = await listCatalog(objects);
  const text = renderCatalog(models, 's3://outbox', now).split('\n');
  expect(text[0]).toMatch(/^model +latest +candidate +runs +size$/);
  expect(text[1]).toMatch(/^a\/b +ok +2 days ago +regressed +1 day ago +2 +\d/);
  expect(text[2]).toMatch(/^broken +– +– +1 \(1 failed\) +\d/);
  expect(catalogJson(models)).toMatchObject({
    models: [
      { name: 'a/b', latest: { verdict: 'ok' } },
      { name: 'broken', failed: 1 },
    ],
  });
  expect(renderCatalog([], 's3://outbox', now)).toBe('nothing was published in s3://outbox\n');
});

test('runs: what became of each, and which is in use', async () => {
  const model = await readModelRuns(objects, 'a/b');
  const text = renderRuns(model, now).split('\n');
  expect(text[1]).toMatch(new RegExp(`^${runId(2)} .* regressed +← candidate$`));
  expect(text[2]).toMatch(new RegExp(`^${runId(1)} .* ok +← latest$`));
  expect(runsJson(model)).toMatchObject({
    name: 'a/b',
    runs: [
      { verdict: 'regressed', use: 'candidate' },
      { verdict: 'ok', use: 'latest' },
    ],
  });
  const broken = renderRuns(await readModelRuns(objects, 'broken'), now);
  expect(broken).toMatch(/failed: no model at all\n/);
});
