/** The references against TensorFlow's own outputs. Tolerance: 1e-5 of the range of probabilities. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Reference } from '../../../shared/engines/references/reference.ts';
import { tfjsReference } from '../../../shared/engines/references/tfjs.ts';
import { tfjsKerasReference } from '../../../shared/engines/references/tfjs-keras.ts';
import type { FormatName } from '../../../shared/formats/format.ts';
import { ROOT } from '../../architecture/sources.ts';
import { errorOf, readArrays } from '../../formats/keras/_run.ts';
import { portsNamed } from './_ports.ts';

const fixture = (path: string): string => join(ROOT, 'test/fixtures/tensorflow', path);

const INPUTS: Readonly<Record<string, string>> = { digits_cnn: 'image', bilstm: 'tokens' };

test.each<[string, string, FormatName, Reference]>([
  ['digits_cnn', 'tfjs_graph', 'tfjs', tfjsReference],
  ['digits_cnn', 'tfjs_layers', 'tfjs', tfjsReference],
  ['digits_cnn', 'tfjs_layers_keras3', 'tfjs', tfjsReference],
  ['digits_cnn', 'model.keras', 'keras', tfjsKerasReference],
  ['digits_cnn', 'model_keras2.keras', 'keras', tfjsKerasReference],
  ['digits_cnn', 'model_keras2.h5', 'h5', tfjsKerasReference],
  ['digits_cnn', 'model_keras3.h5', 'h5', tfjsKerasReference],
  ['bilstm', 'tfjs_graph', 'tfjs', tfjsReference],
  ['bilstm', 'tfjs_layers', 'tfjs', tfjsReference],
  ['bilstm', 'model_keras2.keras', 'keras', tfjsKerasReference],
  ['bilstm', 'model_keras2.h5', 'h5', tfjsKerasReference],
  ['bilstm', 'model_keras3.h5', 'h5', tfjsKerasReference],
])('%s/%s', async (folder, file, format, reference) => {
  const input = INPUTS[folder] ?? '';
  const given = (await readArrays(fixture(`${folder}/inputs.npz`)))[input];
  const [wanted] = Object.values(await readArrays(fixture(`${folder}/outputs.npz`)));
  if (!given || !wanted) throw new Error('the fixture is empty');
  await using model = await reference.open({
    path: fixture(`${folder}/${file}`),
    format,
    ports: portsNamed([input], ['probs']),
  });
  const { probs } = await model.run({ [input]: given });
  expect(errorOf(probs, wanted)).toBeLessThan(1e-5);
});
