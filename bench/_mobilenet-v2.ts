/** MobileNetV2 (Sandler et al., 2018; width 1, 224²) with random weights, and BatchNorms fitted to its own activations. */

import { createRandom } from '../shared/base/random.ts';
import type { Tensor } from '../shared/base/tensor.ts';
import { floatAttribute, makeNode } from '../shared/onnx/make-node.ts';
import { float32Tensor } from '../shared/onnx/make-tensor.ts';
import type { Model, Node } from '../shared/onnx/model.ts';
import type { StoredTensor } from '../shared/onnx/stored-tensor.ts';
import { writeModel } from '../shared/onnx/write-model.ts';
import { openSession } from '../shared/runtime/session.ts';
import { benchModel, float32 } from './_bench-model.ts';

const SIZE = 224;
const CLASSES = 1000;
/** Expansion, channels, repeats, stride of the first: table 2 of the paper. */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;
/** Pictures that BatchNorms are fitted to. */
const FITTED = 8;
const SAMPLES = 96;

export interface Noise {
  readonly dims: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

/** Writes the model to `path`; gives pictures of noise for it, too. */
export async function mobileNetV2(path: string): Promise<{ model: string; samples: Noise }> {
  const network = new Network();
  let value = await network.conv('image', { from: 3, to: 32, kernel: 3, stride: 2 });
  let channels = 32;
  for (const [expansion, to, repeats, stride] of STAGES) {
    for (let index = 0; index < repeats; index++) {
      const input = value;
      const inner = channels * expansion;
      const step = index === 0 ? stride : 1;
      if (expansion > 1) value = await network.conv(value, { from: channels, to: inner });
      value = await network.conv(value, {
        from: inner,
        to: inner,
        kernel: 3,
        stride: step,
        depthwise: true,
      });
      value = await network.conv(value, { from: inner, to, linear: true });
      if (step === 1 && channels === to) value = network.add('Add', [input, value]);
      channels = to;
    }
  }
  value = await network.conv(value, { from: channels, to: 1280 });
  value = network.add('Flatten', [network.add('GlobalAveragePool', [value])], { axis: 1 });
  const weights = [network.weights([CLASSES, 1280], 1280), network.weights([CLASSES], CLASSES)];
  value = network.add('Gemm', [value, ...weights], { transB: 1 });
  writeModel(network.model(value, [1, CLASSES]), path);
  return { model: path, samples: noise(SAMPLES, 2) };
}

interface ConvShape {
  readonly from: number;
  readonly to: number;
  readonly kernel?: number;
  readonly stride?: number;
  readonly depthwise?: boolean;
  /** Without the clamp behind it. */
  readonly linear?: boolean;
}

/** The network so far, which is run to fit the next BatchNorm. */
class Network {
  readonly #nodes: Node[] = [];
  readonly #initializers = new Map<string, StoredTensor>();
  readonly #random = createRandom(3);
  readonly #pictures = noise(FITTED, 1);

  add(op: string, inputs: readonly string[], attributes = {}): string {
    const output = `v${this.#nodes.length}`;
    this.#nodes.push(makeNode(op, inputs, [output], attributes));
    return output;
  }

  constant(dims: readonly number[], values: Float32Array): string {
    const name = `w${this.#initializers.size}`;
    this.#initializers.set(name, float32Tensor(name, dims, values));
    return name;
  }

  /** Normal numbers that keep sums of `columns` products at the size of their inputs. */
  weights(dims: readonly number[], columns: number): string {
    const count = dims.reduce((product, dim) => product * dim, 1);
    const scale = Math.sqrt(2 / columns);
    const values = Float32Array.from({ length: count }, () => this.#random.normal() * scale);
    return this.constant(dims, values);
  }

  async conv(input: string, shape: ConvShape): Promise<string> {
    const { from, to, kernel = 1, stride = 1, depthwise = false, linear = false } = shape;
    const perGroup = depthwise ? 1 : from;
    const weight = this.weights([to, perGroup, kernel, kernel], perGroup * kernel * kernel);
    const pad = (kernel - 1) / 2;
    const convolved = this.add('Conv', [input, weight], {
      group: depthwise ? from : 1,
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
    });
    const { mean, variance } = await this.#moments(convolved, to);
    const scale = Float32Array.from({ length: to }, () => 0.5 + this.#random.float());
    const shift = Float32Array.from({ length: to }, () => this.#random.normal() * 0.3);
    const parameters = [scale, shift, mean, variance].map((values) => this.constant([to], values));
    const epsilon = floatAttribute(1e-5);
    const normalized = this.add('BatchNormalization', [convolved, ...parameters], { epsilon });
    if (linear) return normalized;
    const limits = [0, 6].map((limit) => this.constant([], Float32Array.of(limit)));
    return this.add('Clip', [normalized, ...limits]);
  }

  /** Of each channel, over all pictures. */
  async #moments(value: string, channels: number) {
    await using session = await openSession(this.model(value, ['n', channels, 'h', 'w']));
    const mean = new Float32Array(channels);
    const variance = new Float32Array(channels);
    const { dims, data } = this.#pictures;
    const image: Tensor = { type: 'float32', dims, data };
    const outputs = (await session.run({ image }))[value]?.data as Float32Array;
    const area = outputs.length / FITTED / channels;
    for (let channel = 0; channel < channels; channel++) {
      let sum = 0;
      let squares = 0;
      for (let picture = 0; picture < FITTED; picture++) {
        const start = (picture * channels + channel) * area;
        for (const element of outputs.subarray(start, start + area)) {
          sum += element;
          squares += element * element;
        }
      }
      mean[channel] = sum / area / FITTED;
      variance[channel] = squares / area / FITTED - (sum / area / FITTED) ** 2;
    }
    return { mean, variance };
  }

  model(output: string, shape: readonly (number | string)[]): Model {
    return benchModel({
      nodes: [...this.#nodes],
      initializers: new Map(this.#initializers),
      input: float32('image', ['n', 3, SIZE, SIZE]),
      output: float32(output, shape),
    });
  }
}

/** Octaves of noise, from one colour for the whole picture to single pixels: as coarse and fine as photographs are. */
const OCTAVES = [224, 56, 14, 4, 1];

function noise(count: number, seed: number): Noise {
  const random = createRandom(seed);
  const data = new Float32Array(count * 3 * SIZE * SIZE);
  for (let plane = 0; plane < count * 3; plane++) {
    const start = plane * SIZE * SIZE;
    for (const block of OCTAVES) {
      const across = SIZE / block;
      const coarse = Float32Array.from({ length: across * across }, () => random.normal());
      const size = Math.sqrt(block / SIZE);
      for (let y = 0; y < SIZE; y++) {
        const row = Math.floor(y / block) * across;
        for (let x = 0; x < SIZE; x++)
          data[start + y * SIZE + x] =
            (data[start + y * SIZE + x] ?? 0) + size * (coarse[row + Math.floor(x / block)] ?? 0);
      }
    }
  }
  return { dims: [count, 3, SIZE, SIZE], data };
}
