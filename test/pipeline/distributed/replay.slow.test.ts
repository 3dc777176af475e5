import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import {
  advanceRound,
  finishedComparison,
} from '../../../shared/pipeline/distributed/advance-round.ts';
import { ExecutionKeys, FIRST_ROUND } from '../../../shared/pipeline/distributed/execution.ts';
import { openComparison } from '../../../shared/pipeline/distributed/open-comparison.ts';
import { replay } from '../../../shared/pipeline/distributed/replay.ts';
import { judgeReport } from '../../../shared/report/gate.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { EXAMPLES } from '../inline-context.ts';
import { FolderObjects } from './_folder-objects.ts';
import { localSite, runRounds } from './_site.ts';

afterAll(closeSharedProcess);

const site = localSite();

async function execution(hasBase: boolean) {
  const put = async (path: string, name: string) => {
    const bytes = readFileSync(join(EXAMPLES, name));
    return { path, digest: await site.store.putBytes(bytes), bytes: bytes.length };
  };
  const side = async (name: string) => ({
    path: name,
    label: name,
    files: [await put(name, name)],
  });
  return openComparison(
    {
      schema: 'fettle.comparison/1',
      name: 'digits',
      base: hasBase ? await side('digits.keras') : null,
      head: await side('digits.onnx'),
      config: {
        data: { all: { path: 't.npz' } },
        variants: ['int8-weights'],
        ship: 'int8-weights',
      },
      data: [await put('t.npz', 'test.npz')],
      toolchain: { tool: '0', runtime: 'r', steps: 's' },
      attempt: 1,
    },
    {
      requestKey: '',
      startedAt: '',
      folder: makeTempDir('test'),
      maxBytes: 1e6,
      objects: new FolderObjects(site.store.name),
      bucket: site.store.name,
      blobKey: site.addresses.blobKey,
    },
  );
}

it('a comparison runs to its end in rounds, and says how far it is', async () => {
  const compared = await execution(true);
  const { round } = await runRounds(compared, 'compare', site);
  const keys = new ExecutionKeys('compare');
  const progress = [];
  for (let each = 0; each < round; each++) {
    const found = await site.objects.get(keys.round(each));
    progress.push(JSON.parse(Buffer.from(found?.bytes ?? '').toString()).progress);
  }
  expect(progress[0]).toBe(0);
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  expect(progress.at(-1)).toBeGreaterThan(0.1);
  const { draft } = await finishedComparison(compared, keys, round, site);
  const report = judgeReport(draft);
  expect(report.comparison).toMatchObject({ base: { label: 'digits.keras' } });
  expect(report.models[0]?.variants).toMatchObject([
    { name: 'model', accuracy: { difference: 0 } },
    { name: 'int8-weights', status: 'done', accuracy: { difference: expect.any(Number) } },
  ]);
  expect(report.models[0]?.base).toMatchObject({ format: 'keras', agrees: true });
  // Asked again, nothing is open.
  expect(await advanceRound(compared, new ExecutionKeys('again'), 0, site)).toEqual({
    next: 'publish',
  });
});

it('a new model is compared with its own float32 form', async () => {
  const alone = await execution(false);
  const state = await replay(alone, FIRST_ROUND, site);
  // Its steps are those of the comparison, but for what is about the base.
  if (!('open' in state)) throw new Error('something was to do');
  expect(state.progress).toBeGreaterThanOrEqual(0);
  const { round } = await runRounds(alone, 'alone', site);
  const { draft } = await finishedComparison(alone, new ExecutionKeys('alone'), round, site);
  expect(draft.models[0]).toMatchObject({
    change: 'added',
    variants: [{ name: 'float32' }, { name: 'int8-weights', size: { ratio: expect.any(Number) } }],
  });
});
