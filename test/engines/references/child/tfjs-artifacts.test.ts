import { expect, test } from 'vitest';
import { readArtifacts } from '../../../../shared/engines/references/child/tfjs-artifacts.ts';
import { floats, folderOf, small } from '../../../formats/tfjs/_model.ts';

test('all groups follow each other, undecoded', () => {
  const more = { name: 'v', shape: [1], dtype: 'float32' };
  const weightsManifest = [
    ...small.weightsManifest,
    { paths: ['b.bin', 'c.bin'], weights: [more] },
  ];
  const folder = folderOf(
    { ...small, weightsManifest },
    { 'a.bin': floats(1, 2), 'b.bin': floats(3).slice(0, 1), 'c.bin': floats(3).slice(1) },
  );
  const { modelTopology, weightSpecs, weightData, signature } = readArtifacts(folder);
  expect(modelTopology).toEqual(small.modelTopology);
  expect(signature).toEqual(small.signature);
  expect(weightSpecs).toEqual([small.weightsManifest[0].weights[0], more]);
  expect(new Float32Array(weightData ?? new ArrayBuffer())).toEqual(Float32Array.of(1, 2, 3));
});

test('a topology that is text is read', () => {
  const folder = folderOf({ modelTopology: '{"class_name":"Sequential"}' });
  expect(readArtifacts(folder).modelTopology).toEqual({ class_name: 'Sequential' });
});
