/**
 * Large SavedModels, converted by the whole process of the built package (`npm run build` first): peak memory, and
 * whether every weight arrived. The kernels of matrix products stay as they are; those of convolutions are turned.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Model } from '../shared/onnx/model.ts';
import { openModel } from '../shared/onnx/read-model.ts';
import type { StoredTensor } from '../shared/onnx/stored-tensor.ts';
import { readRaw, typedArray } from '../shared/onnx/tensor-data.ts';
import { attribute, entry, message, node } from '../test/formats/tf/proto/_wire.ts';
import { reading, type SavedModelParts, type Variable, writeSavedModel } from './_saved-model.ts';
import { runBuilt, unmeasurable } from './_whole-process.ts';

/** MB. */
const MEMORY_BAR = 300;

/** MiB of variables. What is written of the first is one file, of the second a model with its weights beside it. */
const SIZES = [512, 2048];

interface Case {
  readonly op: 'MatMul' | 'Conv2D';
  readonly kernel: readonly number[];
  /** Where element `index` of the ONNX kernel stands in the SavedModel's. */
  readonly place: (index: number) => number;
  readonly inputShape: readonly number[];
}

const WIDTH = 4096;
const CHANNELS = 1024;
const PIXELS = 9;

const CASES: Readonly<Record<string, Case>> = {
  'MatMul, BiasAdd, Relu': {
    op: 'MatMul',
    kernel: [WIDTH, WIDTH],
    place: (index) => index,
    inputShape: [-1, WIDTH],
  },
  'Conv2D, BiasAdd, Relu': {
    op: 'Conv2D',
    kernel: [3, 3, CHANNELS, CHANNELS],
    // [O, I, H, W] out of [H, W, I, O].
    place(index) {
      const pixel = index % PIXELS;
      const rest = (index - pixel) / PIXELS;
      const input = rest % CHANNELS;
      return (pixel * CHANNELS + input) * CHANNELS + (rest - input) / CHANNELS;
    },
    inputShape: [-1, 16, 16, CHANNELS],
  },
};

const count = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1);

/** Elements that tell where they belong: no two near each other are equal, and every variable has others. */
function values(seed: number, length: number): Float32Array {
  const made = new Float32Array(length);
  for (let index = 0; index < length; index++)
    made[index] = (Math.imul(index + seed * 0x3c6ef372, 0x9e3779b1) >> 8) * 2 ** -28;
  return made;
}

function partsOf({ op, kernel, inputShape }: Case, size: number): SavedModelParts {
  const layers = Math.ceil((size * 2 ** 20) / (4 * count(kernel)));
  const variables: Variable[] = [];
  const nodes: Uint8Array[] = [];
  const add = (name: string, dims: readonly number[]): string => {
    const seed = variables.length;
    variables.push({ name, dims, values: () => values(seed, count(dims)) });
    const [read, value] = reading(name);
    nodes.push(read);
    return value;
  };
  let last = 'x';
  for (let layer = 0; layer < layers; layer++) {
    const weights = add(`layer_${layer}/kernel`, kernel);
    const bias = add(`layer_${layer}/bias`, kernel.slice(-1));
    const [product, sum] = [`layer_${layer}/${op}`, `layer_${layer}/BiasAdd`];
    nodes.push(
      node(`${product} = ${op}(${last}, ${weights})`, ...(op === 'Conv2D' ? CONVOLUTION : [])),
      node(`${sum} = BiasAdd(${product}:${op === 'Conv2D' ? 'output' : 'product'}:0, ${bias})`),
      node(`layer_${layer}/Relu = Relu(${sum}:output:0)`),
    );
    last = `layer_${layer}/Relu:activations:0`;
  }
  return { variables, nodes, result: last, inputShape, outputShape: inputShape };
}

const CONVOLUTION = [
  entry(5, 'strides', message(1, message(3, [1, 1, 1, 1]))),
  attribute.text('padding', 'SAME'),
];

/** Weights in the order in which they are used. */
function weightsOf({ graph }: Model): StoredTensor[] {
  return graph.nodes.flatMap(({ inputs }) =>
    inputs.flatMap((name) => graph.initializers.get(name) ?? []),
  );
}

/** How many weights of the file are other than those of the SavedModel, or missing. */
function wrongWeights(path: string, parts: SavedModelParts, place: Case['place']): number {
  using opened = openModel(path);
  const found = weightsOf(opened.model);
  let wrong = 0;
  for (const [index, { dims, values }] of parts.variables.entries()) {
    const stored = found[index];
    if (stored?.type !== 'float32' || count(stored.dims) !== count(dims)) {
      wrong += count(dims);
      continue;
    }
    const wanted = values();
    const given = typedArray('float32', readRaw(stored));
    const placed = dims.length > 1 ? place : (at: number) => at;
    for (let at = 0; at < given.length; at++) if (given[at] !== wanted[placed(at)]) wrong++;
  }
  return wrong;
}

function bar(what: string, text: string, limit: string, isKept: boolean): boolean {
  console.log(
    `  ${what.padEnd(12)} ${text.padEnd(50)} bar ${limit.padEnd(8)} ${isKept ? 'holds' : 'BROKEN'}`,
  );
  return isKept;
}

async function measure(name: string, one: Case, size: number): Promise<boolean> {
  const parts = partsOf(one, size);
  const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
  const source = join(folder, 'saved');
  const out = join(folder, 'model.onnx');
  try {
    const bytes = writeSavedModel(source, parts);
    const { code, stderr, cpu, wall, peak, together } = await runBuilt(
      ...['convert', source, '-o', out, '--quiet'],
    );
    if (code !== 0) {
      console.log(`${name}: NOT CONVERTED: ${stderr.trim()}`);
      return false;
    }
    const wrong = wrongWeights(out, parts, one.place);
    const total = parts.variables.reduce((sum, { dims }) => sum + count(dims), 0);
    console.log(
      `${name}: ${(bytes / 1e9).toFixed(2)} GB in ${parts.variables.length} variables, ${cpu.toFixed(1)} s CPU, ${wall.toFixed(1)} s`,
    );
    const memory = `${peak.toFixed(0)} MB (all processes together ${together.toFixed(0)} MB)`;
    const isSmall = bar('peak memory', memory, `< ${MEMORY_BAR} MB`, peak < MEMORY_BAR);
    const isRight = bar('weights', `${wrong} of ${total} are wrong`, 'none', wrong === 0);
    return isSmall && isRight;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const reason = unmeasurable();
if (reason) console.log(`not measured: ${reason}`);
else {
  for (const size of SIZES)
    for (const [name, one] of Object.entries(CASES))
      if (!(await measure(name, one, size))) process.exitCode = 1;
}
