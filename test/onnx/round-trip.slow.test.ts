/** What onnxruntime computes from a file is what it computes from the file read and written again. */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../shared/base/random.ts';
import type { NamedTensors, Tensor } from '../../shared/base/tensor.ts';
import { acceptModel } from '../../shared/onnx/accept-model.ts';
import { memorySource } from '../../shared/onnx/byte-source.ts';
import { ExternalFiles } from '../../shared/onnx/external-data.ts';
import { openModel } from '../../shared/onnx/read-model.ts';
import { tensorOf } from '../../shared/onnx/tensor-data.ts';
import { readTensor } from '../../shared/onnx/wire/tensor.ts';
import { WireReader } from '../../shared/onnx/wire/wire-reader.ts';
import { encodeModel } from '../../shared/onnx/write-model.ts';
import { machineHas } from '../e2e/machine-has.ts';
import { DEV_MODELS } from './_dev-models.ts';
import { loadForOracle, outputsOf } from './_onnxruntime.ts';
import { decodeMessage } from './_oracle.ts';

const random = createRandom(7, 'round trip');
const floats = (...dims: number[]): Tensor => {
  const count = dims.reduce((product, dim) => product * dim, 1);
  return {
    type: 'float32',
    dims,
    data: Float32Array.from({ length: count }, () => random.float()),
  };
};
const sampleRate: Tensor = { type: 'int64', dims: [], data: BigInt64Array.of(16000n) };

const FEEDS: Readonly<Record<string, NamedTensors>> = {
  'ocr det': { x: floats(1, 3, 96, 64) },
  'ocr rec': { x: floats(2, 3, 48, 80) },
  'silero legacy': {
    input: floats(1, 1536),
    sr: sampleRate,
    h: floats(2, 1, 64),
    c: floats(2, 1, 64),
  },
  'silero v5': { input: floats(1, 512), state: floats(2, 1, 128), sr: sampleRate },
  'blazeface front': { 'input:0': floats(1, 128, 128, 3) },
  'blazeface back': { 'input:0': floats(1, 256, 256, 3) },
  'basic pitch': { 'serving_default_input_2:0': floats(1, 43844, 1) },
  bilstm: { tokens: { type: 'int32', dims: [2, 20], data: new Int32Array(40).fill(3) } },
  'multi io': { left: floats(1, 12, 12, 3), meta: floats(1, 5), right: floats(1, 12, 12, 3) },
  digits: { image: floats(3, 8, 8, 1) },
};

/** Compares, and tells what went wrong when onnxruntime could not run either. */
async function compareOutputs(path: string, feeds: NamedTensors): Promise<string | undefined> {
  using opened = openModel(path);
  const before = await loadForOracle(readFileSync(path));
  const after = await loadForOracle(encodeModel(opened.model));
  const expected = await outputsOf(before, feeds);
  expect(await outputsOf(after, feeds), path).toEqual(expected);
  expect(expected.size).toBeGreaterThan(0);
  await Promise.all([before.release(), after.release()]);
  return expected.get('error');
}

it.each(Object.entries(DEV_MODELS))('%s: the same outputs', async (name, path) => {
  expect(await compareOutputs(path, FEEDS[name] ?? {})).toBeUndefined();
});

/** Where Debian's libonnx-testdata puts its models; Apache-2.0. */
const CONFORMANCE = '/usr/share/libonnx-testdata/data';
const hasModels = machineHas(
  existsSync(CONFORMANCE),
  'Debian’s set of 1,072 conformance models',
  'Install it: apt-get install libonnx-testdata',
);

/** Ops and versions that onnxruntime 1.30 does not implement on the CPU, by what it says. */
const REFUSALS: readonly RegExp[] = [
  /Could not find an implementation for (Add|AveragePool|BatchNormalization|BitShift|Gemm|Max|Min|Mul|Pow|PRelu)\(\d+\)/,
  /ai\.onnx\.preview\.training:\w+\(-1\) is not a registered/,
  /Unsupported data type: 16/,
  // Wants locales that the machine may not have.
  /string_normalizer/,
  /(RNN|LSTMBase|DeepCpuGruOp).*layout_/s,
];

describe.runIf(hasModels)('Debian’s 1,072 conformance models', () => {
  const paths = globSync('**/*.onnx', { cwd: CONFORMANCE }).map((path) => join(CONFORMANCE, path));

  it('protobufjs sees the same models', () => {
    expect(paths).toHaveLength(1072);
    for (const path of paths) {
      using opened = openModel(path);
      expect(decodeMessage(encodeModel(opened.model)), path).toEqual(
        decodeMessage(readFileSync(path)),
      );
    }
  });

  it('all are accepted, and nothing is odd about them', () => {
    for (const path of [...paths, ...Object.values(DEV_MODELS)]) {
      using opened = openModel(path);
      expect(acceptModel(opened.model, path), path).toEqual({ model: opened.model, notes: [] });
    }
  });

  it('onnxruntime loads and runs them to the same outputs, or refuses both', async () => {
    const refused: string[] = [];
    const notRun: string[] = [];
    let ran = 0;
    for (const path of paths) {
      const reason = await refusal(readFileSync(path));
      using opened = openModel(path);
      expect(await refusal(encodeModel(opened.model)), path).toBe(reason);
      if (reason !== undefined) refused.push(`${basename(dirname(path))}: ${reason}`);
      else {
        const problem = await run(path);
        if (problem === undefined) ran++;
        else notRun.push(`${basename(dirname(path))}: ${problem.slice(0, 150)}`);
      }
    }
    console.log(`refused by onnxruntime (${refused.length}):\n${refused.join('\n')}`);
    console.log(`loaded, but not run (${notRun.length}):\n${notRun.join('\n')}`);
    expect(refused.filter((line) => !REFUSALS.some((known) => known.test(line)))).toEqual([]);
    expect(notRun.filter((line) => !line.endsWith('no tensors'))).toEqual([]);
    expect(ran).toBeGreaterThan(950);
  });
});

async function refusal(bytes: Uint8Array): Promise<string | undefined> {
  try {
    await (await loadForOracle(bytes)).release();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 300) : String(error);
  }
}

/** Runs a model on its inputs of `test_data_set_0`; says why not, if it cannot be run from JavaScript. */
async function run(path: string): Promise<string | undefined> {
  using opened = openModel(path);
  const { graph } = opened.model;
  const inputs = graph.inputs.filter(({ name }) => !graph.initializers.has(name));
  const outputs = graph.outputs;
  if ([...inputs, ...outputs].some(({ type }) => type?.kind !== 'tensor'))
    return 'its inputs or outputs are no tensors';
  const folder = join(dirname(path), 'test_data_set_0');
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const feeds: Record<string, Tensor> = {};
  graph.inputs.forEach(({ name }, index) => {
    const file = `input_${index}.pb`;
    if (files.includes(file)) feeds[name] = tensorFile(join(folder, file));
  });
  if (inputs.some(({ name }) => !(name in feeds))) return 'it comes without inputs';
  return await compareOutputs(path, feeds);
}

function tensorFile(path: string): Tensor {
  const source = memorySource(readFileSync(path));
  return tensorOf(readTensor(new WireReader(source, new ExternalFiles(undefined))));
}
