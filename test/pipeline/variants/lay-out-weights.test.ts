import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { silentLog } from '../../../shared/base/log.ts';
import { FolderStore } from '../../../shared/pipeline/store/folder-store.ts';
import { layOutWeights } from '../../../shared/pipeline/variants/lay-out-weights.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { largeModel, storeLarge } from '../_large-model.ts';

afterAll(closeSharedProcess);

function tools() {
  const folder = makeTempDir('test');
  const store = new FolderStore(join(folder, 'store'));
  const tempDir = join(folder, 'work');
  mkdirSync(tempDir);
  const locate: FolderStore['pathOf'] = (digest) => store.pathOf(digest);
  return { store, locate, tempDir, log: silentLog, progress: () => {} };
}

const parts = { bytes: 1 << 16, chunk: 1 << 14 };

it('reads no weights: they are not there', async () => {
  const own = tools();
  const model = await storeLarge(own);
  const [data] = model.external ?? [];
  const empty = join(own.tempDir, 'empty');
  writeFileSync(empty, '');
  truncateSync(empty, model.bytes);
  const laidOut = await layOutWeights(
    { model, variant: 'int8-weights', hardware: 'x64', parts },
    {
      ...own,
      locate: async (digest) => (digest === data?.digest ? empty : own.store.pathOf(digest)),
    },
  );
  expect(laidOut).toMatchObject({ status: 'laid-out', description: '7 MatMul in 8 bits' });
});

it('refuses what cannot be quantized, with the reason', async () => {
  const own = tools();
  const model = await storeLarge(own, largeModel(0));
  await expect(
    layOutWeights({ model, variant: 'int4', hardware: 'x64', opset: 7, parts }, own),
  ).rejects.toMatchObject({ exitCode: 3 });
});
