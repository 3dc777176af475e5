import { expect, test } from 'vitest';
import { sourceArtifact } from '../../../shared/pipeline/artifact.ts';
import { verifySource } from '../../../shared/pipeline/stages/verify-source.ts';
import { digitsWork } from '../digits-work.ts';

test('ONNX needs no proof of a conversion', async () => {
  expect(await verifySource(await digitsWork())).toBeUndefined();
});

/** Its reference, tfjs-node, is not among the packages that are installed here. */
const SAVED = 'test/fixtures/tensorflow/digits_cnn/saved_raw';

test('a proof that cannot be made is no end: the source is not verified, and it is said', async () => {
  const work = await digitsWork();
  const given = await sourceArtifact(SAVED);
  work.sources[given.digest] = SAVED;
  const source = { ...work.source, given, format: 'saved-model' as const };
  const verdict = await verifySource({ ...work, source });
  expect(verdict).toMatchObject({ verified: 'not verified' });
  expect(verdict?.notes[0]).toMatch(/^not verified: /);
});
