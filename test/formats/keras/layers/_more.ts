/** Cases of `test/fixtures/keras-layers/make_more_layers.py`: small models, and what TensorFlow computes. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { Tensor, TensorType } from '../../../../shared/base/tensor.ts';
import { buildModel } from '../../../../shared/formats/build/build-model.ts';
import type { Builder } from '../../../../shared/formats/build/builder.ts';
import { Value } from '../../../../shared/formats/build/value.ts';
import { convertKeras } from '../../../../shared/formats/keras/convert-keras.ts';
import type {
  Json,
  JsonObject,
  LayerCall,
  LayerWeights,
} from '../../../../shared/formats/keras/layer.ts';
import { layerOf } from '../../../../shared/formats/keras/layer-table.ts';
import { parseConfig } from '../../../../shared/formats/keras/model-json.ts';
import { rawTensor } from '../../../../shared/onnx/make-tensor.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { tensorOf } from '../../../../shared/onnx/tensor-data.ts';
import { assertValid } from '../../../../shared/onnx/verify.ts';
import { errorOf, runModel } from '../_run.ts';

interface Packed {
  readonly type: Exclude<TensorType, 'string'>;
  readonly dims: readonly number[];
  readonly data: string;
}

interface Tree {
  readonly own: readonly Packed[];
  readonly children?: Readonly<Record<string, Tree>>;
}

export interface Case {
  readonly name: string;
  readonly keras: 2 | 3;
  readonly inputs: readonly string[];
  readonly masks?: readonly (string | null)[];
  readonly config: JsonObject;
  readonly weights: Readonly<Record<string, Tree>>;
  readonly outputs: readonly Packed[];
}

interface Bundle {
  readonly inputs: Readonly<Record<string, Packed>>;
  readonly cases: readonly Case[];
}

const FILE = new URL('../../../fixtures/keras-layers/more_layers.json.gz', import.meta.url);

let loaded: Bundle | undefined;

export function bundle(): Bundle {
  const text = gunzipSync(readFileSync(FILE)).toString();
  loaded ??= parseConfig(text, 'the bundle') as Json & Bundle;
  return loaded;
}

const stored = ({ type, dims, data }: Packed) =>
  rawTensor('', type, dims, new Uint8Array(Buffer.from(data, 'base64')));

const tensor = (packed: Packed): Tensor => tensorOf(stored(packed));

const weightsOf = (b: Builder, tree: Tree | undefined): LayerWeights => ({
  own: tree?.own.map((packed) => b.constant(stored(packed))) ?? [],
  child: (attribute) => weightsOf(b, tree?.children?.[attribute]),
});

/** The classes of operations and layers that a case uses. */
export function classesOf({
  config,
}: Case): readonly { readonly module: string; readonly name: string }[] {
  const { layers } = (config as { config: { layers: readonly JsonObject[] } }).config;
  return layers.map(({ class_name: name, module }) => ({
    name: String(name),
    module: String(module),
  }));
}

/** The case as a model. */
export function modelOf(item: Case): Model {
  if (item.masks) return convertMasked(item, item.masks);
  const inModel = (b: Builder): LayerWeights => ({
    own: [],
    child: (_, name = '') => weightsOf(b, item.weights[name]),
  });
  return convertKeras(item.config as Json, inModel, { title: item.name, keras: item.keras }).model;
}

/** A single layer, whose inputs bring masks along: those are inputs of the model as well. */
function convertMasked(item: Case, masks: readonly (string | null)[]): Model {
  const { layers } = (item.config as { config: { layers: readonly JsonObject[] } }).config;
  const { class_name: className, config } = layers.at(-1) as {
    readonly class_name: string;
    readonly config: JsonObject;
  };
  return buildModel(undefined, (b) => {
    const inputs = item.inputs.map((key, at) => inputOf(b, `in${at}`, key));
    const made = layerOf(className)?.({
      ...callOf(b, className, inputs, config),
      weights: weightsOf(b, Object.values(item.weights)[0]),
      keras: item.keras,
      masks: masks.map((key, at) => (key ? inputOf(b, `mask${at}`, key) : undefined)),
    });
    const outputs = made instanceof Value ? [made] : (made?.outputs ?? []);
    for (const [at, value] of outputs.entries()) b.output(`out${at}`, value);
  }).model;
}

/** One use of a layer without variables. */
export function callOf(
  b: Builder,
  className: string,
  inputs: readonly Value[],
  config: JsonObject = {},
): LayerCall {
  const none: LayerWeights = { own: [], child: () => none };
  return {
    b,
    className,
    name: 'layer',
    config,
    weights: none,
    keras: 3,
    inputs,
    masks: [],
    args: inputs,
    keywords: {},
    keywordMasks: {},
    apply: () => ({ outputs: [] }),
    note: () => undefined,
  };
}

const inputOf = (b: Builder, name: string, key: string): Value => {
  const { type, dims = [] } = bundle().inputs[key] ?? { type: 'float32' as const };
  return b.input(name, type, dims);
};

/** Half a unit in the last place of float32, for sums of a hundred elements: a part of the output's range. */
const TOLERANCE = 1e-5;

export async function check(item: Case): Promise<void> {
  const model = modelOf(item);
  assertValid(model);
  const feeds: Record<string, Tensor> = {};
  for (const [at, key] of item.inputs.entries()) feeds[`in${at}`] = tensor(packedInput(key));
  for (const [at, key] of (item.masks ?? []).entries())
    if (key) feeds[`mask${at}`] = tensor(packedInput(key));
  const results = Object.values(await runModel(model, feeds));
  expect(results).toHaveLength(item.outputs.length);
  for (const [at, packed] of item.outputs.entries()) {
    const result = results[at];
    const wanted = tensor(packed);
    expect(`${at}: ${result?.type} [${result?.dims}]`).toBe(
      `${at}: ${wanted.type} [${wanted.dims}]`,
    );
    expect(errorOf(result, wanted), `output ${at}`).toBeLessThanOrEqual(TOLERANCE);
  }
}

function packedInput(key: string): Packed {
  const packed = bundle().inputs[key];
  if (packed) return packed;
  throw new Error(`no input ${key}`);
}

/** A test for every case of the given classes, and one that every class has a case. */
export function agreesWithKeras(classes: Iterable<string>, kind: 'layer' | 'operation'): void {
  const wanted = new Set(classes);
  const found = new Set<string>();
  const isOurs = (item: Case): boolean => {
    const own = classesOf(item).filter(
      ({ name, module }) => wanted.has(name) && /\bops\b/.test(module) === (kind === 'operation'),
    );
    for (const { name } of own) found.add(name);
    return own.length > 0;
  };
  const cases = bundle().cases.filter(isOurs);
  for (const item of cases) it(item.name, () => check(item));
  it('has a case for every class', () => {
    expect([...wanted].filter((name) => !found.has(name))).toEqual([]);
  });
}
