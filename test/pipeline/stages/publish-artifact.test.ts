import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { writeModel } from '../../../shared/onnx/write-model.ts';
import { sourceArtifact, storeModel } from '../../../shared/pipeline/artifact.ts';
import {
  publishArtifact,
  publishHeader,
} from '../../../shared/pipeline/stages/publish-artifact.ts';
import { openSession } from '../../../shared/runtime/session.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { storeLarge } from '../_large-model.ts';
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

test('the model without its weights, which need not be there', async () => {
  const own = { store, tempDir: join(folder, 'h') };
  mkdirSync(own.tempDir);
  const artifact = await storeLarge(own);
  const to = join(folder, 'out', 'header.onnx');
  const dataBytes = await publishHeader(artifact, to, {
    pathOf: async (digest) =>
      digest === artifact.digest ? store.pathOf(digest) : expect.fail('weights were read'),
  });
  const header = readFileSync(to);
  expect(dataBytes).toBe(artifact.bytes - readFileSync(await store.pathOf(artifact.digest)).length);
  expect(header.includes('header.onnx.data')).toBe(true);
  const whole = join(folder, 'out', 'whole', 'header.onnx');
  await publishArtifact(artifact, whole, store);
  expect(readFileSync(whole)).toEqual(header);
  // As if all of it were written anew.
  using opened = openModel(whole);
  const again = join(folder, 'out', 'again', 'header.onnx');
  mkdirSync(join(folder, 'out', 'again'));
  writeModel(opened.model, again, { external: 'always' });
  expect(readFileSync(again)).toEqual(header);
  expect(readFileSync(`${again}.data`)).toEqual(readFileSync(`${whole}.data`));
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
