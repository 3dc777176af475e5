/** A constant without some positions of its axes. */
import { product } from '../../../base/product.ts';
import { ELEMENT_TYPES } from '../../../onnx/element-type.ts';
import { rawTensor } from '../../../onnx/make-tensor.ts';
import type { StoredTensor } from '../../../onnx/stored-tensor.ts';
import { readRaw } from '../../../onnx/tensor-data.ts';

/** `kept`: by axis the positions that stay, ascending; `undefined`: all. Elements are whole bytes. */
export function cutTensor(
  tensor: StoredTensor,
  kept: readonly (readonly number[] | undefined)[],
): StoredTensor {
  let { dims } = tensor;
  let bytes = readRaw(tensor);
  const element = ELEMENT_TYPES[tensor.type].bits / 8;
  kept.forEach((positions, axis) => {
    if (!positions) return;
    bytes = cutAxis(bytes, dims, axis, positions, element);
    dims = dims.with(axis, positions.length);
  });
  return rawTensor(tensor.name, tensor.type, dims, bytes);
}

function cutAxis(
  bytes: Uint8Array,
  dims: readonly number[],
  axis: number,
  positions: readonly number[],
  element: number,
): Uint8Array {
  const outer = product(dims.slice(0, axis));
  const inner = product(dims.slice(axis + 1)) * element;
  const row = (dims[axis] ?? 1) * inner;
  const result = new Uint8Array(outer * positions.length * inner);
  let to = 0;
  for (let at = 0; at < outer; at++) {
    for (const position of positions) {
      const from = at * row + position * inner;
      result.set(bytes.subarray(from, from + inner), to);
      to += inner;
    }
  }
  return result;
}
