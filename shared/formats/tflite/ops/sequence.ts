/** What recurrent layers of TFLite share: sequences in either order, weights of gates in one tensor. */
import { bytesOf, computedTensor } from '../../../onnx/make-tensor.ts';
import { elementCount, floatValues } from '../../../onnx/tensor-data.ts';
import type { Builder } from '../../build/builder.ts';
import { sizeOf } from '../../build/dims.ts';
import { unary } from '../../build/elementwise.ts';
import { concat } from '../../build/join.ts';
import { squeeze, transpose, unsqueeze } from '../../build/reshape.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { boolAttribute } from '../../tf/attributes.ts';
import type { TfNode } from '../../tf/tf-graph.ts';

/** Matrices or vectors one below the other, with an axis in front for the direction; constants when they are written. */
export function stacked(b: Builder, parts: readonly Value[]): Value {
  const tensors = parts.flatMap(({ constant }) => (constant?.type === 'float32' ? [constant] : []));
  const [first] = tensors;
  if (!first || tensors.length !== parts.length) return unsqueeze(b, concat(b, parts, 0), [0]);
  if (tensors.some(({ dims }) => dims.slice(1).join() !== first.dims.slice(1).join()))
    throw new Unconvertible('its weights do not fit each other');
  const rows = tensors.reduce((sum, { dims }) => sum + (dims[0] ?? 0), 0);
  const count = tensors.reduce((sum, tensor) => sum + elementCount(tensor), 0);
  return b.constant(
    computedTensor(first.name, 'float32', [1, rows, ...first.dims.slice(1)], () => {
      const joined = new Float32Array(count);
      let at = 0;
      for (const tensor of tensors) {
        joined.set(floatValues(tensor), at);
        at += elementCount(tensor);
      }
      return bytesOf(joined);
    }),
  );
}

/** The value with all signs changed; constants when they are written. */
export function negated(b: Builder, x: Value): Value {
  const { constant } = x;
  if (constant?.type !== 'float32') return unary(b, 'Neg', x);
  return b.constant(
    computedTensor(constant.name, 'float32', constant.dims, () => {
      const values = floatValues(constant).slice();
      for (let index = 0; index < values.length; index++) values[index] = -(values[index] ?? 0);
      return bytesOf(values);
    }),
  );
}

/** A constant of zeros. */
export const zeros = (b: Builder, dims: readonly number[]): Value =>
  b.numbers(new Array<number>(sizeOf(dims)).fill(0), 'float32', dims);

/** `[time, batch, features]`, as ONNX takes sequences. */
export const timeMajor = (b: Builder, x: Value, node: TfNode): Value =>
  boolAttribute(node, 'time_major') ? x : transpose(b, x, [1, 0, 2]);

/** The output `[time, 1, batch, cells]` of an operator over `x`, in the order of the layer's input. */
export function sequenceOf(b: Builder, y: string, x: Value, cells: number, node: TfNode): Value {
  const [time = null, batch = null] = x.sizes;
  const sequence = squeeze(b, b.named(y, x.type, [time, 1, batch, cells]), [1]);
  return boolAttribute(node, 'time_major') ? sequence : transpose(b, sequence, [1, 0, 2]);
}
