import { expect, test } from 'vitest';
import { UnsupportedError } from '../../../shared/base/errors.ts';
import { tfjsReference } from '../../../shared/engines/references/tfjs.ts';
import { folderOf, small, smallShards } from '../../formats/tfjs/_model.ts';
import { portsNamed } from './_ports.ts';

const x = { type: 'float32', dims: [1, 2], data: Float32Array.of(-3, 5) } as const;

test('TensorFlow.js runs a model and shows its inner tensors', { timeout: 20_000 }, async () => {
  await using model = await tfjsReference.open({
    path: folderOf(small, smallShards),
    format: 'tfjs',
    ports: portsNamed(['x:0'], ['y']),
  });
  expect(model.name).toBe('TensorFlow.js 4.22.0');
  expect((await model.tap?.({ 'x:0': x }, ['sum']))?.sum?.data).toEqual(Float32Array.of(-2, 3));
  expect((await model.run({ 'x:0': x })).y?.data).toEqual(Float32Array.of(0, 3));
});

test('what it cannot load is told in its own words', { timeout: 20_000 }, async () => {
  const layers = [{ class_name: 'Fantasy', config: { name: 'f' } }];
  const modelTopology = { model_config: { class_name: 'Sequential', config: { layers } } };
  const opening = tfjsReference.open({
    path: folderOf({ ...small, modelTopology }, smallShards),
    format: 'tfjs',
    ports: portsNamed(['x'], ['y']),
  });
  await expect(opening).rejects.toThrow(UnsupportedError);
  await expect(opening).rejects.toThrow(/TensorFlow\.js 4\.22\.0 cannot load the model.*Fantasy/);
});
