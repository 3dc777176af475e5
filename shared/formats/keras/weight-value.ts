/** Variables as values of the graph. */
import { bytesOf, computedTensor } from '../../onnx/make-tensor.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { floatValues } from '../../onnx/tensor-data.ts';
import type { Builder } from '../build/builder.ts';
import type { Value } from '../build/value.ts';

/** Half precision is widened: models are computed in float32, whatever they were trained with. */
export function asWeight(b: Builder, tensor: StoredTensor): Value {
  if (tensor.type !== 'float16' && tensor.type !== 'bfloat16') return b.constant(tensor);
  const { name, dims } = tensor;
  return b.constant(computedTensor(name, 'float32', dims, () => bytesOf(floatValues(tensor))));
}
