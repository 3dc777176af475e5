import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { writeModel } from '../../../shared/onnx/write-model.ts';
import type { StoredArtifact } from '../../../shared/pipeline/artifact.ts';
import { resolveJob } from '../../../shared/pipeline/job.ts';
import { prepareSource } from '../../../shared/pipeline/stages/prepare-source.ts';
import { prepareStep } from '../../../shared/pipeline/steps/prepare.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { largeSource } from '../_large-source.ts';
import { roundsOf } from './_rounds-of-parts.ts';
import { executionOf, localSite, orderAt, workHere } from './_site.ts';

afterAll(closeSharedProcess);

const CHUNK = 1 << 14;

it('of the user’s own files workers get ranges, and chunks that stay are joined from there', async () => {
  const folder = makeTempDir('test');
  const file = join(folder, 'theirs.onnx');
  writeModel(largeSource('plain'), file, { external: 'always' });
  const execution = await executionOf(
    resolveJob({ source: 'theirs.onnx', folder, settings: {}, where: (key) => key }),
  );
  const { artifact } = execution.identified.given;
  const [data] = artifact.external ?? [];
  if (!data) throw new Error('no weights beside it');
  const besides = besideOf(execution.sources, artifact, `${file}.data`);
  const site = { ...localSite(), parts: { above: 0, bytes: 3 * CHUNK, chunk: CHUNK } };
  const fetched: number[] = [];
  const { result, rounds } = await roundsOf((work) => prepareSource(artifact, undefined, work), {
    ...{ execution: { ...execution, sources: besides }, site },
    run: async (shards) => {
      for (const { order } of shards) {
        const files = orderAt(order).inputs.flatMap((input) => input.files);
        const own = files.find(({ url }) => url === `${file}.data`);
        if (!own?.ranges) throw new Error('all of the weights were ordered');
        fetched.push(own.ranges.reduce((sum, { length }) => sum + length, 0));
      }
      await Promise.all(shards.map(workHere));
    },
  });
  expect(rounds.map((round) => [...new Set(round)])).toEqual([
    ['prepare-look'],
    ['prepare-layout'],
    ['weights-part'],
  ]);
  expect(fetched[0]).toBe(0);
  for (const bytes of fetched.slice(2)) expect(bytes).toBeLessThan(artifact.bytes / 2);
  // Nobody took the user's weights in to order their parts.
  const tempDir = join(folder, 'whole');
  mkdirSync(tempDir);
  const tools = { store: site.store, tempDir, log: site.log, progress: () => {} };
  const locate = async () => file;
  expect(result).toEqual(await prepareStep.run({ source: artifact }, { ...tools, locate }));
});

/** As the inbox has a model of two files. */
function besideOf(
  sources: Awaited<ReturnType<typeof executionOf>>['sources'],
  { digest }: StoredArtifact,
  path: string,
) {
  const own = sources[digest];
  if (!own) throw new Error('nothing is known of the model');
  const key = path.slice(1);
  return {
    ...sources,
    [digest]: { ...own, files: [...own.files, { bucket: '/', key, path: key }] },
  };
}
