/** The fixtures of TensorFlow's formats, and how far a conversion of one is from the outputs that TensorFlow gave. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NamedTensors, Tensor } from '../../shared/base/tensor.ts';
import { checkOutput } from '../../shared/measure/check-output.ts';
import { openNpz } from '../../shared/measure/data/npz.ts';
import { openModel } from '../../shared/onnx/read-model.ts';
import { openSession } from '../../shared/runtime/session.ts';
import { ROOT } from '../architecture/sources.ts';

export interface Fixture {
  readonly path: string;
  readonly case: string;
  readonly format: string;
  readonly inputs: string;
  readonly outputs: string;
  /** The file's own outputs, where its weights or activations are quantized. */
  readonly ownOutputs?: string;
  readonly outputMap?: Readonly<Record<string, string>>;
}

const FOLDER = join(ROOT, 'test/fixtures/tensorflow');
const { models, referenceAccuracy } = JSON.parse(
  readFileSync(join(FOLDER, 'fixtures.json'), 'utf8'),
) as { models: readonly Fixture[]; referenceAccuracy: number };

export { referenceAccuracy };

export const TENSORFLOW_FIXTURES = models.filter(({ format }) => format !== 'onnx');

export const fixturePath = ({ path }: Fixture): string => join(FOLDER, path);

/** 8-bit inputs are another interface: test/formats/tflite/read-tflite.test.ts has them. */
export const hasIntegerInputs = ({ path }: Fixture): boolean => path.endsWith('int8io.tflite');

/** Of the largest output: the order of sums. */
const FLOAT_BAR = 1e-5;

/** TensorFlow.js keeps weights in 8 or 16 bits: half a step of a weight, through five layers. */
const QUANTIZED_WEIGHTS: Readonly<Record<string, number>> = {
  tfjs_graph_u8: 2e-2,
  tfjs_graph_f16: 2e-3,
};

/** What a fixture may be away. TensorFlow Lite rounds activations. */
export function fixtureBar({ path }: Fixture): number {
  const file = path.split('/').at(-1) ?? '';
  if (/_dyn\.tflite$/.test(file)) return 0.06;
  // One step of 256 of the softmax.
  if (/_int8\.tflite$/.test(file)) return 1 / 255;
  return QUANTIZED_WEIGHTS[file] ?? FLOAT_BAR;
}

/** Of each output of the conversion `out`: the largest difference, as a part of the largest value. */
export async function fixtureErrors(
  fixture: Fixture,
  out: string,
): Promise<readonly { readonly output: string; readonly error: number }[]> {
  const wanted = await arrays(fixture.ownOutputs ?? fixture.outputs);
  const given = await outputsOf(out, await arrays(fixture.inputs));
  using opened = openModel(out);
  return opened.model.graph.outputs.map(({ name }, index) => {
    const key = wantedKey(fixture, name, index, wanted);
    const reference = wanted[key];
    if (!reference) throw new Error(`${fixture.path}: no output of TensorFlow is ${name}`);
    let [largest, magnitude, from] = [0, 0, 0];
    for (const part of given) {
      const tensor = part[index];
      const count = tensor?.dims[0] ?? 1;
      const check = checkOutput(name, batch(reference, from, count), tensor);
      largest = Math.max(largest, check.broken > 0 ? Number.POSITIVE_INFINITY : check.maxAbsError);
      magnitude = Math.max(magnitude, check.magnitude);
      from += count;
    }
    return { output: name, error: largest / magnitude };
  });
}

/** Of the digits that TensorFlow's model saw, what share the conversion reads rightly. */
export async function digitsAccuracy(out: string): Promise<number> {
  const npz = await openNpz(join(FOLDER, 'digits.npz'), 'digits.npz');
  const x = await npz.open('x_test');
  const labels = await npz.open('y_test');
  const count = x.dims[0] ?? 0;
  const pixels = x.slice(0, 0, count);
  const image: Tensor = {
    type: 'float32',
    dims: [count, 8, 8, 1],
    data: Float32Array.from(pixels.data as Uint8Array, (value) => value / 16),
  };
  const truth = labels.slice(0, 0, count).data;
  let right = 0;
  let sample = 0;
  for (const [scores] of await outputsOf(out, { image })) {
    const values = scores?.data as Float32Array;
    for (let row = 0; row < values.length; row += 10, sample++) {
      const own = values.subarray(row, row + 10);
      if (own.indexOf(Math.max(...own)) === Number(truth[sample])) right++;
    }
  }
  return right / count;
}

async function arrays(path: string): Promise<NamedTensors> {
  const npz = await openNpz(join(FOLDER, path), path);
  const found: Record<string, Tensor> = {};
  for (const name of npz.names) {
    const array = await npz.open(name);
    found[name] = array.slice(0, 0, array.dims[0] ?? 1);
  }
  return found;
}

/** Slices along the first axis, as many as the model takes at once. */
function batch(tensor: Tensor, from: number, count: number): Tensor {
  const size = tensor.data.length / (tensor.dims[0] ?? 1);
  const data = tensor.data.slice(from * size, (from + count) * size) as Tensor['data'];
  return { ...tensor, dims: [count, ...tensor.dims.slice(1)], data };
}

const bare = (name: string): string => name.replace(/^serving_default_/, '').replace(/:\d+$/, '');

async function outputsOf(path: string, inputs: NamedTensors): Promise<Tensor[][]> {
  await using session = await openSession(path);
  const [first] = Object.values(inputs);
  const total = first?.dims[0] ?? 0;
  const declared = session.inputs[0]?.type;
  const fixed = declared?.kind === 'tensor' ? declared.shape?.[0] : null;
  const step = typeof fixed === 'number' ? fixed : total;
  const results: Tensor[][] = [];
  for (let from = 0; from < total; from += step) {
    const feeds: Record<string, Tensor> = {};
    for (const { name } of session.inputs) {
      const given = inputs[bare(name)] ?? first;
      if (given) feeds[name] = batch(given, from, step);
    }
    const outputs = await session.run(feeds);
    results.push(
      session.outputs.map(({ name }) => outputs[name]).filter((one) => one !== undefined),
    );
  }
  return results;
}

function wantedKey(
  { outputMap }: Fixture,
  name: string,
  index: number,
  wanted: NamedTensors,
): string {
  const entry = Object.entries(outputMap ?? {}).find(([own]) => own === name || bare(own) === name);
  return entry?.[1] ?? Object.keys(wanted)[index] ?? '';
}
