import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openIn, pythonReference } from '../../../shared/engines/references/python.ts';
import { ROOT } from '../../architecture/sources.ts';
import { errorOf, readArrays } from '../../formats/keras/_run.ts';
import { portsNamed } from './_ports.ts';

const fixture = (path: string): string => join(ROOT, 'test/fixtures/tensorflow', path);

/** Only where somebody has told of one: nothing may depend on what else is on the machine. */
const python = process.env.FETTLE_PYTHON;

test('without TensorFlow it says what would help', async () => {
  process.env.FETTLE_PYTHON = '/no/such/python';
  expect(await pythonReference.available()).toEqual({
    available: false,
    reason: '/no/such/python has no TensorFlow: set FETTLE_PYTHON to a Python that has',
  });
  if (python === undefined) delete process.env.FETTLE_PYTHON;
  else process.env.FETTLE_PYTHON = python;
});

test.skipIf(!hasPython())('a Python without TensorFlow is ended and explained', async () => {
  const opening = openIn('python3', {
    path: 'nowhere',
    format: 'keras',
    ports: portsNamed(['x'], ['y']),
  });
  await expect(opening).rejects.toThrow(/TensorFlow cannot load the model/);
});

describe.skipIf(python === undefined)('with TensorFlow', { timeout: 120_000 }, () => {
  test.each([
    ['digits_cnn/model.keras', 'keras', 'image', 'probs'],
    ['digits_cnn/model_keras2.h5', 'h5', 'image', 'probs'],
    ['digits_cnn/saved_keras3', 'saved-model', 'image', 'output_0'],
    ['digits_cnn/model_f32.tflite', 'tflite', 'image', 'probs'],
  ] as const)('%s', async (path, format, input, output) => {
    const { image } = await readArrays(fixture('digits_cnn/inputs.npz'));
    const { out0 } = await readArrays(fixture('digits_cnn/outputs.npz'));
    if (!image || !out0 || python === undefined) throw new Error('the fixture is empty');
    const ports = portsNamed([input], [output]);
    await using model = await openIn(python, { path: fixture(path), format, ports });
    expect(errorOf((await model.run({ image }))[output], out0)).toBeLessThan(1e-5);
  });
});

function hasPython(): boolean {
  try {
    execFileSync('python3', [
      '-c',
      'import importlib.util as u, sys; sys.exit(u.find_spec("tensorflow") is not None)',
    ]);
    return true;
  } catch {
    return false;
  }
}
