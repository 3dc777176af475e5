/** Converted models in onnxruntime, and how far their outputs are from those of Keras. */
import ort from 'onnxruntime-node';
import type { Tensor } from '../../../shared/base/tensor.ts';
import { openNpz } from '../../../shared/measure/data/npz.ts';
import type { Model } from '../../../shared/onnx/model.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';
import { loadForOracle } from '../../onnx/_onnxruntime.ts';

export type Arrays = Readonly<Record<string, Tensor>>;

/** All arrays of an `.npz`. */
export async function readArrays(path: string): Promise<Arrays> {
  const file = await openNpz(path, path);
  const arrays: Record<string, Tensor> = {};
  for (const name of file.names) {
    const array = await file.open(name);
    arrays[name] = array.slice(0, 0, array.dims[0] ?? 1);
    array.close();
  }
  await file.close();
  return arrays;
}

/** The outputs of the model by name. */
export async function runModel(model: Model, feeds: Arrays): Promise<Arrays> {
  const session = await loadForOracle(encodeModel(model));
  const results = await session.run(
    Object.fromEntries(
      Object.entries(feeds).map(([name, { type, dims, data }]) => [
        name,
        new ort.Tensor(type as 'float32', data as Float32Array, dims),
      ]),
    ),
  );
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { type, dims, data }]) => [
      name,
      { type: type as 'float32', dims, data: data as Float32Array },
    ]),
  );
}

/** The largest difference as a share of the range of what is wanted; NaN equals NaN. Infinite when shapes differ. */
export function errorOf(got: Tensor | undefined, wanted: Tensor): number {
  if (!got || got.dims.join() !== wanted.dims.join()) return Number.POSITIVE_INFINITY;
  const [given, right] = [got, wanted].map(({ data }) => Array.from(data, Number));
  let worst = 0;
  let range = 0;
  for (const [index, value] of (right ?? []).entries()) {
    const other = given?.[index] ?? Number.NaN;
    if (Number.isNaN(value) && Number.isNaN(other)) continue;
    const difference = value === other ? 0 : Math.abs(value - other);
    worst = Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
    range = Math.max(range, Math.abs(value));
  }
  return range === 0 ? worst : worst / range;
}
