/** What an optimizer knows between epochs: averages beside each weight, and how many steps were made. */

import { z } from 'zod';
import { ModelError } from '../base/errors.ts';
import { product } from '../base/product.ts';
import type { Tensor } from '../base/tensor.ts';
import { bytesOf } from '../onnx/make-tensor.ts';

export interface OptimizerState {
  /** Steps made so far. */
  readonly step: number;
  /** By weight, in the order of the optimizer's own; all are float32. */
  readonly tensors: ReadonlyMap<string, readonly Tensor[]>;
}

const headerSchema = z.strictObject({
  step: z.int().nonnegative(),
  weights: z.array(
    z.strictObject({ name: z.string(), dims: z.array(z.int().nonnegative()), count: z.int() }),
  ),
});

const LENGTH_BYTES = 4;

/** As bytes: a header of JSON behind its length (uint32, little-endian), then the elements (float32, little-endian). */
export function writeState({ step, tensors }: OptimizerState): Uint8Array {
  const weights = [...tensors].map(([name, [first, ...others]]) => ({
    name,
    dims: first?.dims ?? [],
    count: first ? 1 + others.length : 0,
  }));
  const text = new TextEncoder().encode(JSON.stringify({ step, weights }));
  const parts = [...tensors.values()].flat().map(({ data }) => {
    if (!(data instanceof Float32Array)) throw new TypeError('states are float32');
    return bytesOf(data);
  });
  const length = parts.reduce((sum, part) => sum + part.length, LENGTH_BYTES + text.length);
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, LENGTH_BYTES);
  let offset = LENGTH_BYTES + text.length;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** @throws ModelError for bytes that {@link writeState} does not make */
export function readState(bytes: Uint8Array): OptimizerState {
  const header = readHeader(bytes);
  let { offset } = header;
  const tensors = new Map<string, Tensor[]>();
  for (const { name, dims, count } of header.weights) {
    const elements = product(dims);
    tensors.set(
      name,
      Array.from({ length: count }, () => {
        const end = offset + elements * 4;
        if (end > bytes.length) throw damaged();
        // A copy: of a Buffer, `slice` is a view of what others lie in, too.
        const data = new Float32Array(Uint8Array.from(bytes.subarray(offset, end)).buffer);
        offset = end;
        return { type: 'float32', dims, data };
      }),
    );
  }
  if (offset !== bytes.length) throw damaged();
  return { step: header.step, tensors };
}

function readHeader(bytes: Uint8Array) {
  if (bytes.length < LENGTH_BYTES) throw damaged();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const offset = LENGTH_BYTES + view.getUint32(0, true);
  if (offset > bytes.length) throw damaged();
  try {
    const text = new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, offset));
    return { ...headerSchema.parse(JSON.parse(text)), offset };
  } catch {
    throw damaged();
  }
}

const damaged = (): ModelError =>
  new ModelError('the stored state of an optimizer is damaged', {
    hint: 'Delete it and train anew.',
  });
