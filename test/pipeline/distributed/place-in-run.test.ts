import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { digestFile } from '../../../shared/base/digest.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { placeInRun } from '../../../shared/pipeline/distributed/place-in-run.ts';
import { placeCopies } from '../../../shared/pipeline/publish.ts';
import { largeModel, storeLarge } from '../_large-model.ts';
import { localSite } from './_site.ts';

const run = 'models/m/runs/r';

async function begin() {
  const site = localSite();
  const staging = join(makeTempDir('test'), 'staging');
  mkdirSync(staging);
  const artifact = await storeLarge(
    { store: site.store, tempDir: makeTempDir('test') },
    largeModel(),
  );
  return { site, staging, artifact, published: (name: string) => join(site.outbox, run, name) };
}

it('writes the header of a large model alone, and has the store copy its weights', async () => {
  const { site, staging, artifact, published } = await begin();
  const [weights] = artifact.external ?? [];
  const read: string[] = [];
  const store = {
    copyTo: (...to: Parameters<typeof site.store.copyTo>) => site.store.copyTo(...to),
    pathOf: (digest: Parameters<typeof site.store.pathOf>[0]) => {
      read.push(digest);
      return site.store.pathOf(digest);
    },
  };
  const [header, data] = await placeInRun(store, run)(artifact, 'm.int8.onnx', staging);
  expect(read).toEqual([artifact.digest]);
  expect(data).toEqual({
    path: 'm.int8.onnx.data',
    ...{ sha256: weights?.digest, isElsewhere: true },
    bytes: readFileSync(published('m.int8.onnx.data')).length,
  });
  expect(await digestFile(published('m.int8.onnx.data'))).toBe(weights?.digest);
  // What one machine publishes.
  const local = join(makeTempDir('test'), 'local');
  mkdirSync(local);
  const copies = await placeCopies(site.store)(artifact, 'm.int8.onnx', local);
  expect(copies).toEqual([header, { ...data, isElsewhere: undefined }]);
  expect(readFileSync(join(staging, 'm.int8.onnx'))).toEqual(
    readFileSync(join(local, 'm.int8.onnx')),
  );
});

it('has the store copy a model of one file', async () => {
  const { site, staging, published } = await begin();
  const digest = await site.store.putBytes('a model');
  const artifact = { digest, bytes: 7, suffix: '.ort' };
  expect(await placeInRun(site.store, run)(artifact, 'm.ort', staging)).toEqual([
    { path: 'm.ort', sha256: digest, bytes: 7, isElsewhere: true },
  ]);
  expect(readFileSync(published('m.ort'), 'utf8')).toBe('a model');
});

it('refuses weights in several files, which no step makes', async () => {
  const { site, staging, artifact } = await begin();
  const [weights] = artifact.external ?? [];
  if (!weights) throw new Error('no weights');
  const odd = { ...artifact, external: [weights, { ...weights, location: 'other' }] };
  await expect(placeInRun(site.store, run)(odd, 'm.onnx', staging)).rejects.toThrow(
    'several files of weights',
  );
});
