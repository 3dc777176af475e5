import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { questionOf } from '../../../action/aws-mode/message.ts';
import type { ModelChange, ModelFiles } from '../../../action/changes/model-change.ts';
import { digestBytes } from '../../../shared/base/digest.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { apiRequestSchema } from '../../../shared/pipeline/distributed/api-messages.ts';
import { changeOf, fileAt, filesAt } from './_change.ts';

const folder = makeTempDir('question');
const path = join(folder, 'bytes');
writeFileSync(path, 'bytes');
const labels = { base: 'main', head: 'change' };
const none = { fetchFile: () => Promise.reject(new Error('nothing is to be read')) };
const withHead = (change: ModelChange): ModelChange & { head: ModelFiles } => ({
  ...change,
  head: change.head ?? filesAt('digits.onnx'),
});

test('what lies in LFS is named by its pointer, and not read', async () => {
  const { message, places } = await questionOf(withHead(changeOf()), labels, none);
  expect(apiRequestSchema.parse(message)).toMatchObject({
    action: 'compare',
    name: 'digits',
    base: {
      path: 'digits.onnx',
      label: 'digits.onnx (main)',
      files: [{ path: 'digits.onnx', digest: `sha256:${'a'.repeat(64)}`, bytes: 5000 }],
    },
    head: { label: 'digits.onnx (change)' },
    config: {},
    data: [],
  });
  expect(places.get(`sha256:${'a'.repeat(64)}`)).toMatchObject({ side: 'base' });
});

test('other files are read for their digests; a new model has no base', async () => {
  const change = {
    ...withHead(changeOf()),
    head: filesAt('digits.onnx'),
    status: 'added',
  } as const;
  const { base: _, ...added } = change;
  const { message } = await questionOf(added, labels, { fetchFile: async () => path });
  expect(message).toMatchObject({
    base: null,
    head: { files: [{ digest: digestBytes(Buffer.from('bytes')), bytes: 130 }] },
  });
});

test('paths of data start from the root of the repository, as the files do', async () => {
  const change = changeOf({
    folder: 'models/small',
    settings: {
      data: {
        all: { path: '../test.npz', labels: './y.json' },
        evaluation: { path: 'https://example.org/x.npz', sha256: 'd'.repeat(64) },
        metric: 'top1',
        alphabet: 'keys.txt',
      },
    },
    data: [fileAt('models/test.npz', 'e'.repeat(64))],
  });
  const { message } = await questionOf(withHead(change), labels, none);
  expect(message.config.data).toEqual({
    all: { path: 'models/test.npz', labels: 'models/small/y.json' },
    evaluation: { path: 'https://example.org/x.npz', sha256: 'd'.repeat(64) },
    metric: 'top1',
    alphabet: 'models/small/keys.txt',
  });
  expect(message.data).toEqual([
    { path: 'models/test.npz', digest: `sha256:${'e'.repeat(64)}`, bytes: 5000 },
  ]);
});

test('data that the configuration does not name stay where they are', async () => {
  const change = changeOf({ isConfigured: false, data: [fileAt('test.npz')] });
  expect((await questionOf(withHead(change), labels, none)).message.data).toEqual([]);
});
