/** TFLite files that tests read, and what comes out when they are run. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import ort from 'onnxruntime-node';
import type { Tensor, TensorType } from '../../../shared/base/tensor.ts';
import type { ReadOptions } from '../../../shared/formats/source-model.ts';
import { readTfliteFrom } from '../../../shared/formats/tflite/read-tflite.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import type { Model } from '../../../shared/onnx/model.ts';
import { typedArray } from '../../../shared/onnx/tensor-data.ts';
import { assertValid } from '../../../shared/onnx/verify.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';
import { loadForOracle } from '../../onnx/_onnxruntime.ts';

/** An array of a bundle: base64 of the elements, row-major, little-endian. */
export interface PackedArray {
  readonly type: Exclude<TensorType, 'string'>;
  readonly dims: readonly number[];
  readonly data: string;
}

/** A model of a bundle, what it was fed and what TensorFlow Lite gave. */
export interface TfliteCase {
  readonly name: string;
  readonly ops: readonly string[];
  readonly quantize: 'int8' | 'int16' | 'dynamic' | null;
  /** Base64 of the file. */
  readonly model: string;
  /** Runs one after the other. */
  readonly steps: readonly {
    readonly inputs: Readonly<Record<string, PackedArray>>;
    readonly outputs: Readonly<Record<string, PackedArray>>;
  }[];
  /** What is kept between runs, by the input that it is; zeros at first. */
  readonly states?: Readonly<
    Record<string, { readonly next: string; readonly dims: readonly number[] }>
  >;
}

const bundles = new Map<string, readonly TfliteCase[]>();

/** `builtins` for test/fixtures/tflite/builtins.json.gz. */
export function tfliteCases(bundle: string): readonly TfliteCase[] {
  const known = bundles.get(bundle);
  if (known) return known;
  const path = new URL(`../../fixtures/tflite/${bundle}.json.gz`, import.meta.url);
  const cases = JSON.parse(gunzipSync(readFileSync(path)).toString()) as TfliteCase[];
  bundles.set(bundle, cases);
  return cases;
}

export const fileOf = ({ model }: TfliteCase): Uint8Array =>
  new Uint8Array(Buffer.from(model, 'base64'));

export function unpacked({ type, dims, data }: PackedArray): Tensor {
  return { type, dims, data: typedArray(type, new Uint8Array(Buffer.from(data, 'base64'))) };
}

/** The file as ONNX; it must be valid. */
export function converted(file: Uint8Array, options: Partial<ReadOptions> = {}): Model {
  const { model } = readTfliteFrom(memorySource(file, 'model.tflite'), {
    shown: 'model.tflite',
    ...options,
  });
  assertValid(model);
  return model;
}

export type Runner = (
  feeds: Readonly<Record<string, Tensor>>,
) => Promise<Readonly<Record<string, Tensor>>>;

/** Runs a model as often as it is called. */
export async function openRunner(model: Model): Promise<Runner> {
  const session = await loadForOracle(encodeModel(model));
  return async (feeds) => {
    const tensors = Object.entries(feeds).map(([name, { type, dims, data }]) => [
      name,
      new ort.Tensor(type as 'float32', data as Float32Array, dims),
    ]);
    const results = await session.run(Object.fromEntries(tensors));
    return Object.fromEntries(
      Object.entries(results).map(([name, { type, dims, data }]) => [
        name,
        { type: type as TensorType, dims, data: data as Float32Array },
      ]),
    );
  };
}

/** Outputs of the model by name. */
export const run = async (
  model: Model,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Readonly<Record<string, Tensor>>> => (await openRunner(model))(feeds);

/** The largest difference of two arrays, and the largest size of a value of the second. */
export function difference(
  found: Tensor,
  wanted: Tensor,
): { readonly largest: number; readonly range: number } {
  const [a, b] = [found.data, wanted.data] as ArrayLike<number | bigint>[];
  if (!a || !b || a.length !== b.length) return { largest: Number.NaN, range: 0 };
  let largest = 0;
  let range = 0;
  for (let index = 0; index < a.length; index++) {
    const [x, y] = [Number(a[index]), Number(b[index])];
    range = Math.max(range, Math.abs(y));
    if (!Object.is(x, y)) largest = Math.max(largest, Math.abs(x - y));
    if (Number.isNaN(x) !== Number.isNaN(y)) return { largest: Number.NaN, range };
  }
  return { largest, range };
}
