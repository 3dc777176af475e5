/** Weights of recurrent layers as ONNX has them: one row for each unit of each gate, gates in its order. */
import { ELEMENT_TYPES } from '../../../../onnx/element-type.ts';
import { computedTensor } from '../../../../onnx/make-tensor.ts';
import type { StoredTensor } from '../../../../onnx/stored-tensor.ts';
import { readRaw } from '../../../../onnx/tensor-data.ts';
import type { Builder } from '../../../build/builder.ts';
import { concat, split } from '../../../build/join.ts';
import { transpose, unsqueeze } from '../../../build/reshape.ts';
import type { Value } from '../../../build/value.ts';

/**
 * `[rows, gates · units]` as `[1, gates · units, rows]`, gate `order[i]` of the source at place `i`. Constants
 * are moved when they are written.
 */
export function gateWeights(b: Builder, weights: Value, order: readonly number[]): Value {
  const { constant } = weights;
  if (constant) return b.constant(moveGates(constant, order));
  return unsqueeze(b, transpose(b, reorder(b, weights, order), [1, 0]), [0]);
}

/** `[gates · units]`, likewise. */
export const gateBias = (b: Builder, bias: Value, order: readonly number[]): Value =>
  reorder(b, bias, order);

function reorder(b: Builder, value: Value, order: readonly number[]): Value {
  if (order.every((gate, place) => gate === place)) return value;
  const last = value.rank - 1;
  const width = value.sizes[last] as number;
  const parts = split(
    b,
    value,
    order.map(() => width / order.length),
    last,
  );
  const moved = order.map((gate) => parts[gate] as Value);
  return concat(b, moved, last);
}

function moveGates(tensor: StoredTensor, order: readonly number[]): StoredTensor {
  const [rows = 0, columns = 0] = tensor.dims;
  const units = columns / order.length;
  const width = ELEMENT_TYPES[tensor.type].bits / 8;
  return computedTensor(tensor.name, tensor.type, [1, columns, rows], () => {
    const source = readRaw(tensor);
    const moved = new Uint8Array(source.length);
    for (let column = 0; column < columns; column++) {
      const gate = order[Math.floor(column / units)] ?? 0;
      const from = gate * units + (column % units);
      for (let row = 0; row < rows; row++) {
        const at = (row * columns + from) * width;
        moved.set(source.subarray(at, at + width), (column * rows + row) * width);
      }
    }
    return moved;
  });
}
