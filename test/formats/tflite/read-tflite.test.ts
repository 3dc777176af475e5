import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../../shared/base/tensor.ts';
import { readTflite } from '../../../shared/formats/tflite/read-tflite.ts';
import { openNpz } from '../../../shared/measure/data/npz.ts';
import { assertValid } from '../../../shared/onnx/verify.ts';
import { ROOT } from '../../architecture/sources.ts';
import { difference, openRunner } from './_run.ts';

const FOLDER = join(ROOT, 'test/fixtures/tensorflow');

interface Fixture {
  readonly path: string;
  readonly format: string;
  readonly inputs: string;
  readonly outputs: string;
  readonly ownOutputs?: string;
  readonly inputMap: Readonly<Record<string, string>>;
  readonly outputMap: Readonly<Record<string, string>>;
  readonly io: { readonly inputs: readonly Port[]; readonly outputs: readonly Port[] };
}

/** Arrays of the fixtures are float32; ports of the file may be integers that stand for them. */
interface Port {
  readonly name: string;
  readonly dtype: string;
  readonly quantization: readonly [scale: number, zeroPoint: number];
}

const fixtures = (
  JSON.parse(readFileSync(join(FOLDER, 'fixtures.json'), 'utf8')) as { models: Fixture[] }
).models.filter(({ format }) => format === 'tflite');

/** Float32 in another order of sums, of the range of the output. */
const TOLERANCE = 1e-5;

/**
 * Where TFLite computes with integers, of the range of the output. Probabilities of the 8-bit models are
 * multiples of 1/256, and may be one such step off. In the models with weights of 8 bits alone TFLite also
 * rounds the activations, which ONNX does not: their distance to their own float model is 0.0069 of 1 and
 * 0.043 of 3.1 (`maxAbsErrVsRef` in fixtures.json), and it is the same here.
 */
const TOLERANCES: Readonly<Record<string, number>> = {
  'digits_cnn/model_int8.tflite': 1 / 256 + 1e-6,
  'digits_cnn/model_int8io.tflite': 1 / 256 + 1e-6,
  'digits_cnn/model_dyn.tflite': 0.007,
  'transformer/model_dyn.tflite': 0.014,
};

/** Signatures name these; fixtures.json has the names of their tensors. */
const SIGNATURE_NAMES: Readonly<Record<string, string>> = {
  'serving_default_tokens:0': 'tokens',
  'StatefulPartitionedCall:0': 'output_0',
};

async function arrays(path: string): Promise<ReadonlyMap<string, Tensor>> {
  const file = await openNpz(join(FOLDER, path), path);
  const found = new Map<string, Tensor>();
  for (const name of file.names) {
    const source = await file.open(name);
    found.set(name, source.slice(0, 0, source.dims[0] ?? 1));
    source.close();
  }
  await file.close();
  return found;
}

/** One row of a batch. */
function row({ type, dims, data }: Tensor, index: number): Tensor {
  const size = dims.slice(1).reduce((product, dim) => product * dim, 1);
  const part = (data as Float32Array).slice(index * size, (index + 1) * size);
  return { type, dims: [1, ...dims.slice(1)], data: part };
}

const portOf = (ports: readonly Port[], name: string): Port | undefined =>
  ports.find((port) => port.name === name && port.dtype === 'int8');

function asFed(x: Tensor, port: Port | undefined): Tensor {
  if (!port) return x;
  const [scale, zeroPoint] = port.quantization;
  const data = Int8Array.from(x.data as Float32Array, (value) =>
    Math.min(127, Math.max(-128, Math.round(value / scale) + zeroPoint)),
  );
  return { type: 'int8', dims: x.dims, data };
}

function asReal(x: Tensor, port: Port | undefined): Tensor {
  if (!port) return x;
  expect(x.type).toBe('int8');
  const [scale, zeroPoint] = port.quantization;
  const data = Float32Array.from(x.data as Int8Array, (value) => (value - zeroPoint) * scale);
  return { type: 'float32', dims: x.dims, data };
}

describe.each(fixtures.map((item) => [item.path, item] as const))('%s', (path, item) => {
  it('gives what TensorFlow gave', async () => {
    using source = await readTflite(join(FOLDER, path), { shown: path });
    assertValid(source.model);
    const inputs = await arrays(item.inputs);
    const outputs = await arrays(item.ownOutputs ?? item.outputs);
    const runner = await openRunner(source.model);
    const count = Math.min(24, [...inputs.values()][0]?.dims[0] ?? 0);
    expect(count).toBeGreaterThan(0);
    for (let index = 0; index < count; index++) {
      const feeds = Object.entries(item.inputMap).map(([name, key]) => {
        const all = inputs.get(key);
        if (!all) throw new Error(`no input ${key}`);
        return [
          SIGNATURE_NAMES[name] ?? name,
          asFed(row(all, index), portOf(item.io.inputs, name)),
        ] as const;
      });
      const found = await runner(Object.fromEntries(feeds));
      for (const [name, key] of Object.entries(item.outputMap)) {
        const wanted = outputs.get(key);
        const given = found[SIGNATURE_NAMES[name] ?? name];
        if (!wanted || !given) throw new Error(`no output ${name}`);
        const { largest } = difference(
          asReal(given, portOf(item.io.outputs, name)),
          row(wanted, index),
        );
        const { range } = difference(wanted, wanted);
        expect(largest).toBeLessThanOrEqual((TOLERANCES[path] ?? TOLERANCE) * range);
      }
    }
  });
});
