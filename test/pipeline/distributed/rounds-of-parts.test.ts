import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { SYNTHETIC_RULES } from '../../../shared/measure/data/synthetic.ts';
import type { Shard } from '../../../shared/pipeline/distributed/order.ts';
import { type CompressInput, compressStep } from '../../../shared/pipeline/steps/compress.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { storeLarge } from '../_large-model.ts';
import { digitsJob, inlineContext } from '../inline-context.ts';
import { roundsOfParts } from './_rounds-of-parts.ts';
import { executionOf, localSite, orderAt, workHere } from './_site.ts';

afterAll(closeSharedProcess);

const CHUNK = 1 << 14;
const parts = { above: 0, bytes: 3 * CHUNK, chunk: CHUNK };

async function begin() {
  const site = { ...localSite(), parts };
  const tempDir = makeTempDir('test');
  const model = await storeLarge({ store: site.store, tempDir });
  const input: CompressInput = {
    ...{ model, variant: 'int8-weights', hardware: 'x64' as const },
    ...{ data: {}, split: model.digest, seed: 0 },
  };
  return { site, input, execution: await executionOf(digitsJob()) };
}

const runAll = async (shards: readonly Shard[]) => void (await Promise.all(shards.map(workHere)));

it('workers that get only their ranges make what one machine makes', async () => {
  const { site, input, execution } = await begin();
  const [data] = input.model.external ?? [];
  const fetched: number[] = [];
  const { result, rounds } = await roundsOfParts(input, execution, site, async (shards) => {
    for (const { order } of shards) {
      const own = orderAt(order).inputs.find(({ digest }) => digest === data?.digest);
      const ranges = own?.files[0]?.ranges ?? expect.fail('the whole file was ordered');
      fetched.push(ranges.reduce((sum, { length }) => sum + length, 0));
    }
    await runAll(shards);
  });
  expect(rounds[0]).toEqual(['weights-layout']);
  expect(new Set(rounds[1])).toEqual(new Set(['weights-part']));
  expect(rounds).toHaveLength(2);
  // The layout reads no weights, a part a fraction of them.
  expect(fetched[0]).toBe(0);
  for (const bytes of fetched) expect(bytes).toBeLessThan(input.model.bytes / 2);
  const context = inlineContext({ store: site.store });
  const tempDir = join(context.folder, 'whole');
  mkdirSync(tempDir);
  const locate = (digest: typeof input.split) => site.store.pathOf(digest);
  const tools = { store: site.store, locate, tempDir, log: site.log, progress: () => {} };
  expect(result).toEqual(await compressStep.run(input, tools));
});

it('of float16 one worker has all weights, to plan, and the others their ranges', async () => {
  const { site, input, execution } = await begin();
  const split = await site.store.putBytes(
    JSON.stringify({ calibration: { source: 'all', indices: [0] } }),
  );
  const synthetic = { rules: SYNTHETIC_RULES, samples: 1, seed: 0, shapes: {} };
  const half = { ...input, variant: 'float16', data: { synthetic }, split };
  const { result, rounds } = await roundsOfParts(half, execution, site, runAll);
  expect(rounds.map((round) => [...new Set(round)])).toEqual([
    ['float16-plan'],
    ['weights-layout'],
    ['weights-part'],
  ]);
  // What the samples reached decided it.
  const reason = expect.stringContaining('on the calibration data');
  const keptInFloat = expect.arrayContaining([expect.objectContaining({ reason })]);
  expect(result).toMatchObject({ status: 'done', notes: [], keptInFloat });
});

it('a part that failed fails the variant with its reason', async () => {
  const { site, input, execution } = await begin();
  const failing = roundsOfParts(input, execution, site, async (shards) => {
    const [first] = shards;
    if (!first || orderAt(first.order).step === 'weights-layout') await runAll(shards);
    else await runAll(shards.slice(1));
  });
  await expect(failing).rejects.toThrow('making a part of a model and left no result');
});
