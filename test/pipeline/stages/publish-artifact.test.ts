import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { writeModel } from '../../../shared/onnx/write-model.ts';
import { sourceArtifact, storeModel } from '../../../shared/pipeline/artifact.ts';
import { publishArtifact } from '../../../shared/pipeline/stages/publish-artifact.ts';
import { openSession } from '../../../shared/runtime/session.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { EXAMPLES, inlineContext } from '../inline-context.ts';

afterAll(closeSharedProcess);
const { folder, store, log } = inlineContext();

test('one file is copied as it is', async () => {
  using opened = openModel(join(EXAMPLES, 'digits.onnx'));
  mkdirSync(join(folder, 't'));
  const artifact = await storeModel(opened.model, {
    store,
    locate: (digest) => store.pathOf(digest),
    tempDir: join(folder, 't'),
    log,
    progress: () => {},
  });
  await publishArtifact(artifact, join(folder, 'out', 'a.onnx'), store);
  expect(readFileSync(join(folder, 'out', 'a.onnx'))).toEqual(
    readFileSync(await store.pathOf(artifact.digest)),
  );
});

test('external data gets a name beside its model', async () => {
  using opened = openModel(join(EXAMPLES, 'digits.onnx'));
  const big = join(folder, 'model.onnx');
  writeModel(opened.model, big, { external: 'always' });
  const { external = [], ...rest } = await sourceArtifact(big);
  for (const { location } of external) await store.putFile(join(folder, location));
  const artifact = { ...rest, external, digest: await store.putFile(big) };
  const to = join(folder, 'out', 'b.int8.onnx');
  await publishArtifact(artifact, to, store);
  expect(existsSync(`${to}.data`)).toBe(true);
  await using session = await openSession(to);
  expect(session.outputs).toHaveLength(1);
});

test('a place that cannot be written is explained', async () => {
  using opened = openModel(join(EXAMPLES, 'digits.onnx'));
  mkdirSync(join(folder, 't2'));
  const artifact = await storeModel(opened.model, {
    store,
    locate: (digest) => store.pathOf(digest),
    tempDir: join(folder, 't2'),
    log,
    progress: () => {},
  });
  await expect(
    publishArtifact(artifact, join(folder, 'model.onnx', 'x.onnx'), store),
  ).rejects.toMatchObject({ exitCode: 2 });
});
