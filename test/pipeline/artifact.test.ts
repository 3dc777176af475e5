import { existsSync, lstatSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openModel } from '../../shared/onnx/read-model.ts';
import { writeModel } from '../../shared/onnx/write-model.ts';
import {
  artifactBlobs,
  artifactPath,
  artifactSchema,
  sourceArtifact,
  storeModel,
} from '../../shared/pipeline/artifact.ts';
import type { Tools } from '../../shared/pipeline/step.ts';
import { openSession } from '../../shared/runtime/session.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { EXAMPLES, inlineContext } from './inline-context.ts';

afterAll(closeSharedProcess);

const { folder, store, log } = inlineContext();
const DIGITS = join(EXAMPLES, 'digits.onnx');
let count = 0;
function tools(): Tools {
  const tempDir = join(folder, `t${++count}`);
  mkdirSync(tempDir);
  return { store, locate: (digest) => store.pathOf(digest), tempDir, log, progress: () => {} };
}

test('a model goes into the store and comes out as a file with its suffix', async () => {
  using opened = openModel(DIGITS);
  const artifact = await storeModel(opened.model, tools());
  expect(artifactSchema.parse(artifact)).toEqual(artifact);
  expect(artifactBlobs(artifact)).toEqual([artifact.digest]);
  const path = await artifactPath(artifact, tools());
  expect(path).toMatch(/\.onnx$/);
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  // A second call finds the same file.
  const again = tools();
  expect(await artifactPath(artifact, again)).toBe(await artifactPath(artifact, again));
});

test('external data travels with its model and is found by the runtime', async () => {
  using opened = openModel(DIGITS);
  const big = join(folder, 'big.onnx');
  const { bytes } = writeModel(opened.model, big, { external: 'always' });
  const source = await sourceArtifact(big);
  expect(source).toMatchObject({
    bytes,
    suffix: '.onnx',
    external: [{ location: 'big.onnx.data' }],
  });
  // The digest covers both files.
  expect(source.digest).not.toBe((await sourceArtifact(DIGITS)).digest);
  for (const [digest, name] of [
    [source.digest, 'big.onnx'],
    ...(source.external ?? []).map(({ digest, location }) => [digest, location] as const),
  ] as const) {
    expect(existsSync(join(folder, name))).toBe(true);
    if (name !== 'big.onnx') expect(await store.putFile(join(folder, name))).toBe(digest);
  }
  const own = await store.putFile(big);
  const path = await artifactPath({ ...source, digest: own }, tools());
  expect(existsSync(join(dirname(path), 'big.onnx.data'))).toBe(true);
  await using session = await openSession(path);
  expect(session.inputs.map(({ name }) => name)).toEqual(['image']);
});

test('a file of the job’s own stays where it is', async () => {
  const source = await sourceArtifact(DIGITS);
  const path = await artifactPath(source, { ...tools(), locate: async () => DIGITS });
  expect(path).toBe(DIGITS);
  expect(basename(path)).toBe('digits.onnx');
});

test.each(['../x', '/etc/passwd', 'a/../../x', 'C:\\x', ''])(
  'weights never lie at %j',
  (location) => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const artifact = { digest, bytes: 1, suffix: '.onnx', external: [{ location, digest }] };
    expect(artifactSchema.safeParse(artifact).success).toBe(false);
    const beside = { ...artifact, external: [{ location: 'weights/x.data', digest }] };
    expect(artifactSchema.safeParse(beside).success).toBe(true);
  },
);
