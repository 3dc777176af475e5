/** Constants in the type that the graph declares: TensorFlow.js stores 64-bit types as 32-bit ones, halves as float32. */
import { ModelError } from '../../base/errors.ts';
import type { ElementType } from '../../onnx/element-type.ts';
import { computedTensor } from '../../onnx/make-tensor.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { elementCount, readRaw, tensorOf } from '../../onnx/tensor-data.ts';
import { numberTensor } from '../build/number-tensor.ts';
import type { TfType } from '../tf/tf-graph.ts';

/** Up to here a constant may be an axis or a size, which is looked at often: it is cast at once. */
const EAGER_ELEMENTS = 1024;

/** What a stored type may stand for. */
const STANDS_FOR: Partial<Record<ElementType, readonly TfType[]>> = {
  float32: ['float16', 'float64'],
  int32: ['int64', 'int16', 'int8', 'uint8', 'uint16', 'uint32', 'uint64', 'bool'],
  uint8: ['bool'],
  bool: ['uint8'],
};

/** @throws ModelError when what is stored cannot be what is declared */
export function castWeight(weight: StoredTensor, declared: TfType): StoredTensor {
  const { name, type, dims } = weight;
  if (type === declared) return weight;
  if (!STANDS_FOR[type]?.includes(declared))
    throw new ModelError(`the constant '${name}' is declared as ${declared} and stored as ${type}`);
  const wanted = declared as ElementType;
  const make = (): StoredTensor =>
    numberTensor(Array.from(tensorOf(weight).data, Number), wanted, dims);
  if (elementCount(weight) <= EAGER_ELEMENTS) return { ...make(), name };
  return computedTensor(name, wanted, dims, () => readRaw(make()));
}
