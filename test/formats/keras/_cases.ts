/** The cases of `test/fixtures/keras-layers`: single layers with the outputs that Keras gave. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Tensor } from '../../../shared/base/tensor.ts';
import type { Builder } from '../../../shared/formats/build/builder.ts';
import { type ConvertedKeras, convertKeras } from '../../../shared/formats/keras/convert-keras.ts';
import type { Json, LayerWeights } from '../../../shared/formats/keras/layer.ts';
import { groupedWeights } from '../../../shared/formats/keras/named-weights.ts';
import { pathWeights, type VariableStore } from '../../../shared/formats/keras/path-weights.ts';
import { inKerasOrder, tensorName } from '../../../shared/formats/keras/variable-stores.ts';
import { storeTensor } from '../../../shared/onnx/make-tensor.ts';
import type { StoredTensor } from '../../../shared/onnx/stored-tensor.ts';
import { typedArray } from '../../../shared/onnx/tensor-data.ts';
import { errorOf, runModel } from './_run.ts';

interface StoredArray {
  readonly type: 'float32';
  readonly dims: readonly number[];
  readonly at: number;
}

export interface LayerCase {
  readonly name: string;
  readonly keras: 2 | 3;
  readonly config: Json;
  readonly weights: Readonly<Record<string, StoredArray>>;
  readonly inputs: readonly StoredArray[];
  readonly outputs: readonly StoredArray[];
}

const folder = new URL('../../fixtures/keras-layers/', import.meta.url);
const unpack = (name: string): Buffer => gunzipSync(readFileSync(new URL(name, folder)));

let loaded: { readonly cases: readonly LayerCase[]; readonly bytes: Uint8Array } | undefined;

function load(): { readonly cases: readonly LayerCase[]; readonly bytes: Uint8Array } {
  loaded ??= {
    cases: JSON.parse(unpack('layers.json.gz').toString()),
    bytes: new Uint8Array(unpack('layers.bin.gz')),
  };
  return loaded;
}

/** The cases whose names match. */
export const casesOf = (pattern: RegExp): readonly LayerCase[] =>
  load().cases.filter(({ name }) => pattern.test(name));

function tensorAt({ type, dims, at }: StoredArray): Tensor {
  const width = { float64: 8, int64: 8, bool: 1 }[type as string] ?? 4;
  const length = dims.reduce((product, dim) => product * dim, width);
  return { type, dims, data: typedArray(type, load().bytes.slice(at, at + length)) };
}

const asFloat = ({ dims, data }: Tensor): Tensor => ({
  type: 'float32',
  dims,
  data: Float32Array.from(data as Float32Array),
});

function weightsOf({ keras, weights }: LayerCase): (b: Builder) => LayerWeights {
  const stored = (key: string, name: string): StoredTensor[] => {
    const array = weights[key];
    return array ? [storeTensor(name, tensorAt(array))] : [];
  };
  const keys = Object.keys(weights);
  if (keras === 2) {
    return (b) =>
      groupedWeights(b, (layer) =>
        keys
          .filter((key) => key.startsWith(`${layer}|`))
          .flatMap((key) => stored(key, key.slice(layer.length + 1))),
      );
  }
  const store: VariableStore = {
    has: (path) => keys.some((key) => key.startsWith(`${path}/`)),
    variables: (path) => {
      const prefix = path === '' ? 'vars/' : `${path}/vars/`;
      const names = keys.flatMap((key) =>
        key.startsWith(prefix) ? [key.slice(prefix.length)] : [],
      );
      return inKerasOrder(names).flatMap((name) => stored(prefix + name, tensorName(path, name)));
    },
  };
  return (b) => pathWeights(b, store);
}

export const convertCase = (item: LayerCase): ConvertedKeras =>
  convertKeras(item.config, weightsOf(item), { title: item.name, keras: item.keras });

/** The largest error of all outputs, as a share of their range. */
export async function errorOfCase(item: LayerCase): Promise<number> {
  const { model } = convertCase(item);
  const { inputs, outputs } = model.graph;
  const feeds = Object.fromEntries(
    inputs.flatMap(({ name, type }, index) => {
      const array = item.inputs[index];
      if (!array) return [];
      const tensor = tensorAt(array);
      // Keras casts what it is given to the type of its input.
      const isFloat = type?.kind === 'tensor' && type.elementType === 'float32';
      return [[name, isFloat ? asFloat(tensor) : tensor]];
    }),
  );
  const results = await runModel(model, feeds);
  if (outputs.length !== item.outputs.length) return Number.POSITIVE_INFINITY;
  const errors = item.outputs.map((wanted, index) =>
    errorOf(results[outputs[index]?.name ?? ''], tensorAt(wanted)),
  );
  return Math.max(...errors);
}

/** Which cases belong to the test of which file: the first pattern that a name matches. */
const FILES: Readonly<Record<string, RegExp>> = {
  'recurrent-mask': /^masked (?!Softmax|GlobalMax|Bidirectional)|^Masking|mask as argument/,
  'merged-mask': /^masks through/,
  bidirectional: /Bidirectional (?!Conv)/,
  'conv-lstm': /ConvLSTM/,
  'recurrent-cell': /^RNN of|gelu( |$).*|unroll/,
  recurrent: /^(float64 )?(LSTM|GRU|SimpleRNN)/,
  wrapping: /^TimeDistributed/,
  'model-conversion': /^(Sequential|shared|nested|models|outputs|mask into)/,
  'transposed-convolution': /^Conv\dDTranspose|^Conv2DTranspose/,
  convolution: /^(Conv|DepthwiseConv|SeparableConv)/,
  pooling: /Pooling\dD/,
  resizing: /^(UpSampling|ZeroPadding|Cropping)/,
  normalization: /Normalization/,
  activation: /^(Activation|ReLU|LeakyReLU|PReLU|ELU|Softmax|masked Softmax|ThresholdedReLU)/,
  identity: /^(Identities|SpatialDropouts)/,
  shaping: /^(Flatten|Reshape|Permute|RepeatVector)/,
  merging: /^(Add|Subtract|Multiply|Average|Maximum|Minimum|Concatenate|Dot)/,
  dense: /^(Dense|Embedding|float64 policy)/,
};

/** The file whose test runs a case. */
export const fileOfCase = ({ name }: LayerCase): string | undefined =>
  Object.entries(FILES).find(([, pattern]) => pattern.test(name))?.[0];

/** The cases of the test of a file. */
export const casesOfFile = (file: string): readonly LayerCase[] =>
  load().cases.filter((item) => fileOfCase(item) === file);

/**
 * What Keras computes and onnxruntime computes may differ by so much of the range: float32 sums in another
 * order. Recurrent layers repeat them step by step, a few steps here.
 */
export const TOLERANCE = 1e-5;
