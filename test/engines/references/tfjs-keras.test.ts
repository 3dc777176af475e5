import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UnsupportedError } from '../../../shared/base/errors.ts';
import { tfjsKerasReference } from '../../../shared/engines/references/tfjs-keras.ts';
import { ROOT } from '../../architecture/sources.ts';
import { errorOf, readArrays } from '../../formats/keras/_run.ts';
import { portsNamed } from './_ports.ts';

const fixture = (path: string): string => join(ROOT, 'test/fixtures/tensorflow', path);

test('gives what TensorFlow gave', { timeout: 20_000 }, async () => {
  const { tokens } = await readArrays(fixture('bilstm/inputs.npz'));
  const [wanted] = Object.values(await readArrays(fixture('bilstm/outputs.npz')));
  if (!tokens || !wanted) throw new Error('the fixture is empty');
  await using model = await tfjsKerasReference.open({
    path: fixture('bilstm/model.keras'),
    format: 'keras',
    ports: portsNamed(['tokens'], ['probs']),
  });
  const { probs } = await model.run({ tokens });
  expect(errorOf(probs, wanted)).toBeLessThan(1e-5);
});

test.each([
  ['transformer/model_keras2.h5', 'h5', /cannot call the layer "mha0" with value/],
  ['multi_io/model.keras', 'keras', /it has no layer "Subtract"/],
] as const)('%s is not for it, and it says why', async (path, format, message) => {
  const ports = portsNamed([], []);
  const opening = tfjsKerasReference.open({ path: fixture(path), format, ports });
  await expect(opening).rejects.toThrow(UnsupportedError);
  await expect(opening).rejects.toThrow(message);
});
