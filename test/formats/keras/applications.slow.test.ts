/**
 * Models of keras.applications with weights of noise, against what Keras computes in double precision:
 * `test/fixtures/keras-applications`, whose generator says how the noise is made.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Builder } from '../../../shared/formats/build/builder.ts';
import { convertKeras } from '../../../shared/formats/keras/convert-keras.ts';
import type { Json, LayerWeights } from '../../../shared/formats/keras/layer.ts';
import { namedWeights } from '../../../shared/formats/keras/named-weights.ts';
import { pathWeights, type VariableStore } from '../../../shared/formats/keras/path-weights.ts';
import { inKerasOrder } from '../../../shared/formats/keras/variable-stores.ts';
import type { Model } from '../../../shared/onnx/model.ts';
import type { StoredTensor } from '../../../shared/onnx/stored-tensor.ts';
import { verifyModel } from '../../../shared/onnx/verify.ts';
import { optimizeExact } from '../../../shared/passes/optimize-exact.ts';
import { errorOf, runModel } from './_run.ts';

interface Application {
  readonly name: string;
  readonly keras: 2 | 3;
  readonly config: Json;
  /** Whether it takes pixels from 0 to 255; else numbers from −1 to 1. */
  readonly pixels: boolean;
  readonly variables: readonly (readonly [
    path: string,
    dims: readonly number[],
    centre: number,
    spread: number,
  ])[];
  /** How far Keras in single precision is from `outputs`, as a share of the largest. */
  readonly rounding: number;
  /** Some classes of two images, in double precision. */
  readonly outputs: readonly (readonly number[])[];
}

interface Fixture {
  /** The position of the first pixel in the noise. */
  readonly imagesStart: number;
  /** Height and width of the images. */
  readonly side: number;
  /** Every how many classes there is an output. */
  readonly classStep: number;
  readonly models: readonly Application[];
}

const FIXTURE = new URL('../../fixtures/keras-applications/applications.json.gz', import.meta.url);
const { imagesStart, side, classStep, models }: Fixture = JSON.parse(
  gunzipSync(readFileSync(FIXTURE)).toString(),
);

/**
 * float32 sums in another order, fifty to two hundred layers deep. Where Keras' own float32 is further off,
 * as in EfficientNet, whose gates multiply large numbers here, another order may be off twice as far.
 */
const TOLERANCE = 1e-5;

/** LayerNormalization wants channels last and convolutions want them first: two in each block of ConvNeXt. */
const MAX_TRANSPOSES: Readonly<Record<string, number>> = { 'ConvNeXtTiny of Keras 3': 43 };

/** Numbers in [−1, 1) that depend on their positions alone: the hash lowbias32. */
function noise(start: number, count: number, centre: number, spread: number): Float32Array {
  const values = new Float32Array(count);
  for (let index = 0; index < count; index++) {
    let x = Math.imul(start + index, 0x9e3779b1);
    x ^= x >>> 16;
    x = Math.imul(x, 0x21f0aaad);
    x ^= x >>> 15;
    x = Math.imul(x, 0x735a2d97);
    x ^= x >>> 15;
    values[index] = centre + spread * ((x >>> 0) / 2 ** 31 - 1);
  }
  return values;
}

const countOf = (dims: readonly number[]): number => dims.reduce((count, dim) => count * dim, 1);

function variablesOf({ variables }: Application): readonly StoredTensor[] {
  let next = 0;
  return variables.map(([name, dims, centre, spread]) => {
    const [start, count] = [next, countOf(dims)];
    next += count;
    const compute = (): Uint8Array => new Uint8Array(noise(start, count, centre, spread).buffer);
    return {
      name,
      type: 'float32',
      dims,
      storage: { kind: 'computed', byteLength: 4 * count, compute },
    };
  });
}

function weightsOf(application: Application): (b: Builder) => LayerWeights {
  const tensors = variablesOf(application);
  if (application.keras === 2) return (b) => namedWeights(b, tensors);
  const byPath = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const store: VariableStore = {
    has: (path) => tensors.some(({ name }) => name.startsWith(`${path}/`)),
    variables: (path) => {
      const prefix = path === '' ? 'vars/' : `${path}/vars/`;
      const names = tensors.flatMap(({ name }) =>
        name.startsWith(prefix) ? [name.slice(prefix.length)] : [],
      );
      return inKerasOrder(names).flatMap((name) => byPath.get(prefix + name) ?? []);
    },
  };
  return (b) => pathWeights(b, store);
}

const countNodes = ({ graph }: Model, opType: string): number =>
  graph.nodes.filter((node) => node.opType === opType).length;

/** Batch normalizations whose input a convolution gives, and no one else reads. */
function unfolded({ graph }: Model): readonly string[] {
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node])));
  return graph.nodes
    .filter(({ opType, inputs }) => {
      const maker = makers.get(inputs[0] ?? '');
      return opType === 'BatchNormalization' && maker?.opType === 'Conv';
    })
    .map(({ name }) => name);
}

describe.each(models)('$name', (application) => {
  const { name, keras, config, pixels, outputs, rounding } = application;
  let model: Model;

  beforeAll(async () => {
    const converted = convertKeras(config, weightsOf(application), { title: name, keras });
    ({ model } = await optimizeExact(converted.model));
  }, 60_000);

  it('is a valid model of any number of images', () => {
    expect(verifyModel(model)).toEqual([]);
    const { inputs, outputs: results } = model.graph;
    expect(inputs).toHaveLength(1);
    expect(results).toHaveLength(1);
    expect(inputs[0]?.type).toMatchObject({ kind: 'tensor', elementType: 'float32' });
    const shapes = [...inputs, ...results].map(({ type }) =>
      type?.kind === 'tensor' ? type.shape : undefined,
    );
    for (const shape of shapes) expect(shape?.[0]).toBe('batch');
    expect(shapes[1]).toEqual(['batch', 1000]);
  });

  it('is folded and has the channels where convolutions want them', () => {
    expect(unfolded(model)).toEqual([]);
    expect(countNodes(model, 'Transpose')).toBeLessThanOrEqual(MAX_TRANSPOSES[name] ?? 2);
    for (const opType of ['Identity', 'Cast', 'Shape']) expect(countNodes(model, opType)).toBe(0);
  });

  it.each([1, 2])(
    'gives what Keras gives for %d images',
    async (count) => {
      const [centre, spread] = pixels ? [127.5, 127.5] : [0, 1];
      const dims = [count, side, side, 3];
      const data = noise(imagesStart, countOf(dims), centre, spread);
      const [input, output] = [model.graph.inputs[0], model.graph.outputs[0]].map(
        (info) => info?.name ?? '',
      );
      const results = await runModel(model, { [input ?? '']: { type: 'float32', dims, data } });
      const result = results[output ?? ''];
      expect(result?.dims).toEqual([count, 1000]);
      const probabilities = result?.data as Float32Array;
      const got = probabilities.filter((_, index) => index % classStep === 0);
      const wanted = Float32Array.from(outputs.slice(0, count).flat());
      const shape = [wanted.length];
      expect(
        errorOf(
          { type: 'float32', dims: shape, data: got },
          { type: 'float32', dims: shape, data: wanted },
        ),
      ).toBeLessThanOrEqual(Math.max(TOLERANCE, 2 * rounding));
    },
    60_000,
  );
});

it('has the models that people start from', () => {
  expect(models).toHaveLength(11);
});
