import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { digestBytes, digestFile } from '../../shared/base/digest.ts';
import { fedInputs } from '../../shared/onnx/fed-inputs.ts';
import { openModel } from '../../shared/onnx/read-model.ts';
import {
  closeAll,
  dataRefsSchema,
  openDataRefs,
  referToData,
  referToFile,
  type Sources,
} from '../../shared/pipeline/data-refs.ts';
import { EXAMPLES, inlineContext } from './inline-context.ts';

const { folder, store } = inlineContext();

test('references hold digests, paths go to the sources, and both open the data again', async () => {
  const sources: Sources = {};
  const labels = join(folder, 'labels.json');
  writeFileSync(labels, JSON.stringify(Array.from({ length: 450 }, (_, i) => i % 10)));
  const path = join(EXAMPLES, 'test.npz');
  const refs = await referToData({ evaluation: { path, labels } }, sources, store.name);
  expect(dataRefsSchema.parse(JSON.parse(JSON.stringify(refs)))).toEqual(refs);
  expect(refs).toEqual({
    evaluation: { digest: await digestFile(path), labels: await digestFile(labels) },
  });
  expect(sources[refs.evaluation?.digest ?? '']).toBe(path);

  using opened = openModel(join(EXAMPLES, 'digits.onnx'));
  const sets = await openDataRefs(refs, opened.model, {
    locate: async (digest) => sources[digest] ?? 'none',
  });
  expect(sets.evaluation?.length).toBe(450);
  expect(sets.evaluation?.label(13)).toBe(3);
  await closeAll(sets);
});

test('synthetic data stands for all parts', async () => {
  using opened = openModel(join(EXAMPLES, 'digits.onnx'));
  const refs = { synthetic: { samples: 3, seed: 1, shapes: {} } };
  const sets = await openDataRefs(refs, opened.model, { locate: async () => 'none' });
  expect(Object.keys(sets)).toEqual(['all']);
  expect((await sets.all?.sample(0))?.image?.dims).toEqual([1, 8, 8, 1]);
});

test('a small file may be a Git LFS pointer, too', async () => {
  const content = '[1, 2]';
  const sha256 = digestBytes(content).slice('sha256:'.length);
  const object = join(folder, '.git/lfs/objects', sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  mkdirSync(dirname(object), { recursive: true });
  writeFileSync(object, content);
  writeFileSync(
    join(folder, 'pointer.json'),
    `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${content.length}\n`,
  );
  const sources: Sources = {};
  const digest = await referToFile(join(folder, 'pointer.json'), sources);
  expect(readFileSync(sources[digest] ?? '', 'utf8')).toBe(content);
});

test('a file that is not there is an input error', async () => {
  await expect(referToFile(join(folder, 'none'), {})).rejects.toMatchObject({ exitCode: 2 });
  await expect(
    referToData({ all: { path: join(folder, 'none.npz') } }, {}, store.name),
  ).rejects.toMatchObject({ exitCode: 2 });
});

test('initializers that are listed as inputs are not fed', () => {
  using opened = openModel(join(EXAMPLES, 'digits.onnx'));
  const { model } = opened;
  const [first] = model.graph.initializers.values();
  if (!first) throw new Error('the model has weights');
  const listed = {
    ...model,
    graph: { ...model.graph, inputs: [...model.graph.inputs, { name: first.name, type: null }] },
  };
  expect(fedInputs(listed).map(({ name }) => name)).toEqual(['image']);
});
