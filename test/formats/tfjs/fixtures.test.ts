/** TensorFlow's own models and outputs. Tolerance: 1e-5 of the range of the outputs, which are probabilities. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTfjs } from '../../../shared/formats/tfjs/read-tfjs.ts';
import { ROOT } from '../../architecture/sources.ts';
import { errorOf, readArrays, runModel } from '../keras/_run.ts';

const fixture = (path: string): string => join(ROOT, 'test/fixtures/tensorflow', path);

test.each([
  ['digits_cnn', 'tfjs_graph', 1e-5],
  // Weights of 16 and 8 bits: what is lost is lost in the file. Measured by the fixtures' own runtime.
  ['digits_cnn', 'tfjs_graph_f16', 2e-3],
  ['digits_cnn', 'tfjs_graph_u8', 5e-2],
  ['digits_cnn', 'tfjs_layers', 1e-5],
  ['digits_cnn', 'tfjs_layers_keras3', 1e-5],
  ['bilstm', 'tfjs_graph', 1e-5],
  ['bilstm', 'tfjs_layers', 1e-5],
])('%s as %s gives what TensorFlow gave', async (model, file, tolerance) => {
  const inputs = await readArrays(fixture(`${model}/inputs.npz`));
  const [wanted] = Object.values(await readArrays(fixture(`${model}/outputs.npz`)));
  using source = await readTfjs(fixture(`${model}/${file}`), { shown: file });
  const { graph } = source.model;
  const [port] = graph.inputs;
  const [given] = Object.values(inputs);
  if (!port || !given || !wanted) throw new Error('the fixture is empty');
  const outputs = await runModel(source.model, { [port.name]: given });
  expect(Object.keys(outputs)).toEqual(['probs']);
  expect(errorOf(outputs.probs, wanted)).toBeLessThan(tolerance);
});
