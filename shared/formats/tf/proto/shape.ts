/** TensorShapeProto. Source: tensorflow/core/framework/tensor_shape.proto. */
import { MAX_RANK } from '../../../onnx/limits.ts';
import type { Shape } from '../../build/dims.ts';
import type { TfReader } from './tf-reader.ts';

/** The current message as a shape: free sizes are `null`, and so is a shape of unknown rank. */
export function readShape(reader: TfReader): Shape | null {
  const dims: (number | null)[] = [];
  let isUnknown = false;
  while (reader.next()) {
    if (reader.field === 2) {
      if (dims.length >= MAX_RANK) throw reader.error(`a shape has more than ${MAX_RANK} axes`);
      dims.push(reader.message(() => readSize(reader)));
    } else if (reader.field === 3) isUnknown = reader.boolean();
    else reader.skip();
  }
  reader.charge(40 + 8 * dims.length);
  return isUnknown ? null : dims;
}

function readSize(reader: TfReader): number | null {
  let size = 0;
  while (reader.next()) {
    if (reader.field === 1) size = reader.integer();
    else reader.skip();
  }
  return size < 0 ? null : size;
}

/** Sizes that have to be fixed: of constants and variables. @throws ModelError for free ones, or too many elements */
export function fixedSizes(shape: Shape | null, what: string, reader: TfReader): number[] {
  const dims: number[] = [];
  let product = 1;
  for (const dim of shape ?? [null]) {
    if (typeof dim !== 'number') throw reader.error(`${what} has a shape that is not fixed`);
    dims.push(dim);
    // Also without its zeros: consumers multiply in any order (CWE-190).
    product *= Math.max(dim, 1);
    if (!Number.isSafeInteger(product)) throw reader.error(`${what} has impossible sizes`);
  }
  return dims;
}
