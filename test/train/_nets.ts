/** Small nets and samples for training, for tests. */
import { createRandom, type Random } from '../../shared/base/random.ts';
import { float32Tensor } from '../../shared/onnx/make-tensor.ts';
import type { Model } from '../../shared/onnx/model.ts';
import type { StoredTensor } from '../../shared/onnx/stored-tensor.ts';
import { parseModel } from '../../shared/onnx/text/parse-model.ts';
import type { TrainSamples } from '../../shared/train/train-samples.ts';
import { floats } from './_run-emitted.ts';

const list = (count: number, seed: string, scale = 1): string => {
  const random = createRandom(5, seed);
  return Array.from({ length: count }, () => scale * random.normal()).join();
};

/** Two classes that no line parts; class 1 where the signs agree. */
export const xor = (length = 64): TrainSamples => ({
  length,
  sample: async (index) => {
    const random = createRandom(index, 'xor');
    return {
      x: floats(
        [1, 2],
        ...[index & 1, index & 2].map((bit) => (bit ? 1 : -1) + 0.3 * random.normal()),
      ),
    };
  },
  label: (index) => Number((index & 1) === (index & 2) >> 1),
});

const head = (opset: number): string => `<ir_version: 8, opset_import: ["": ${opset}]>`;

/** 2 → 16 → 2 classes, with a norm and a softmax; `unused` factors and ε are no weights. */
export const xorNet = (): Model =>
  parseModel(`${head(17)}
xor (float[n,2] x) => (float[n,2] p)
<float[2,16] a = {${list(32, 'a')}}, float[16] b = {${list(16, 'b', 0.1)}}, float[16] scale = {${Array(16).fill(1).join()}},
 float[16] shift = {${Array(16).fill(0).join()}}, float[16] mean = {${Array(16).fill(0).join()}},
 float[16] variance = {${Array(16).fill(1).join()}}, float[16,2] c = {${list(32, 'c', 0.5)}}, float[2] d = {0, 0}, float half = {0.5}> {
  h = Gemm (x, a, b) n = BatchNormalization (h, scale, shift, mean, variance) r = Relu (n)
  s = Mul (r, half) l = MatMul (s, c) logits = Add (l, d) p = Softmax (logits) }`);

/** [N, 1, 6, 6] → two convolutions, the first depthwise in nothing, no norm → 3 classes. */
export const convNet = (): Model =>
  parseModel(`${head(17)}
conv (float[n,1,6,6] x) => (float[n,3] p)
<float[4,1,3,3] k = {${list(36, 'k', 0.5)}}, float[4] kb = {0.1, -0.2, 0.3, 0},
 float[6,4,3,3] m = {${list(216, 'm', 0.3)}}, float[6,3] w = {${list(18, 'w')}}> {
  c = Conv <pads = [1, 1, 1, 1]> (x, k, kb) r = Relu (c) e = Conv (r, m) q = Relu (e)
  g = GlobalAveragePool (q) f = Flatten (g) l = MatMul (f, w) p = Softmax (l) }`);

/** Images of noise, brighter in one of three rows. */
export const stripes = (length = 48): TrainSamples => ({
  length,
  sample: async (index) => {
    const random = createRandom(index, 'stripes');
    const pixels = Array.from(
      { length: 36 },
      (_, at) => (Math.floor(at / 12) === index % 3 ? 2 : 0) + 0.5 * random.normal(),
    );
    return { x: floats([1, 1, 6, 6], ...pixels) };
  },
  label: (index) => index % 3,
});

/** [N, 1, 28, 28] → two convolutions with a norm and a pool each → 10 classes, weights of chance. */
export function digitNet(random: Random): Model {
  const model = parseModel(`${head(17)}
digits (float[n,1,28,28] x) => (float[n,10] p) {
  c = Conv <pads = [1, 1, 1, 1]> (x, k) cn = BatchNormalization (c, cs, cb, cm, cv) cr = Relu (cn)
  cp = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (cr)
  d = Conv <pads = [1, 1, 1, 1]> (cp, m) dn = BatchNormalization (d, ds, db, dm, dv) dr = Relu (dn)
  dp = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (dr)
  f = Flatten (dp) l = Gemm (f, w, b) p = Softmax (l) }`);
  const initializers = new Map<string, StoredTensor>();
  const weights = (name: string, dims: readonly number[], columns: number): void => {
    const count = dims.reduce((product, size) => product * size, 1);
    const values = Float32Array.from(
      { length: count },
      () => random.normal() * Math.sqrt(2 / columns),
    );
    initializers.set(name, float32Tensor(name, dims, values));
  };
  weights('k', [8, 1, 3, 3], 9);
  weights('m', [16, 8, 3, 3], 72);
  weights('w', [784, 10], 784);
  const all = (name: string, count: number, value: number): void => {
    initializers.set(name, float32Tensor(name, [count], new Float32Array(count).fill(value)));
  };
  for (const [layer, channels] of [
    ['c', 8],
    ['d', 16],
  ] as const) {
    for (const part of ['s', 'v']) all(`${layer}${part}`, channels, 1);
    for (const part of ['b', 'm']) all(`${layer}${part}`, channels, 0);
  }
  all('b', 10, 0);
  return { ...model, graph: { ...model.graph, initializers } };
}
