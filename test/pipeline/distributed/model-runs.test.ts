import { expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { readModelRuns } from '../../../shared/pipeline/distributed/model-runs.ts';
import { FolderObjects } from './_folder-objects.ts';
import { failFake, publishFake, runId } from './_published.ts';

it('each run with what became of it', async () => {
  const objects = new FolderObjects(makeTempDir('test'));
  await publishFake(objects, 'm', { day: 1 });
  await publishFake(objects, 'm', { day: 2, verdict: 'regressed' });
  await failFake(objects, 'm', 3);
  await objects.put(`models/m/runs/${runId(4)}/m.onnx`, 'half');
  const { runs, latest, candidate } = await readModelRuns(objects, 'm');
  const byId = new Map(runs.map((run) => [run.id, run]));
  expect(byId.get(runId(1))).toMatchObject({ use: 'latest', report: { verdict: 'ok' } });
  expect(byId.get(runId(2))).toMatchObject({ use: 'candidate', report: { verdict: 'regressed' } });
  expect(byId.get(`unread-${'3'.repeat(12)}`)).toMatchObject({ error: 'no model at all' });
  const half = byId.get(runId(4));
  expect([half?.isWhole, half?.report, half?.error, half?.use]).toEqual([
    false,
    undefined,
    undefined,
    undefined,
  ]);
  expect([latest?.verdict, candidate?.verdict]).toEqual(['ok', 'regressed']);
  await expect(readModelRuns(objects, 'n')).rejects.toThrow('no model "n"');
});
