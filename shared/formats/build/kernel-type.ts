/**
 * Types of elements that onnxruntime's CPU kernels take, where ONNX allows, and TensorFlow uses, more.
 *
 * Tried with onnxruntime 1.30, one session for each operator, type and opset. Values of other types are
 * computed in a wider one and cast back, which keeps the wrapping of integers. float16 is left alone:
 * onnxruntime casts it by itself.
 */
import type { ElementType } from '../../onnx/element-type.ts';

/** Types by operator; `int64@18` from opset 18 on, `float64<20` before opset 20. What is not listed takes all. */
const KERNELS: Readonly<Record<string, string>> = {
  Acos: 'float32',
  Acosh: 'float32',
  ArgMax: 'float32 float64 int8 uint8 int32 int64',
  ArgMin: 'float32 float64 int8 uint8 int32 int64',
  Asin: 'float32',
  Asinh: 'float32',
  Atan: 'float32',
  Atanh: 'float32',
  AveragePool: 'float32 float16',
  BatchNormalization: 'float32 float64 float16',
  Clip: 'float32 float64 int8 uint8 int32 uint32 int64 uint64',
  Conv: 'float32 float16',
  ConvTranspose: 'float32 float16',
  Cosh: 'float32',
  CumSum: 'float32 float64 int32 int64',
  DFT: 'float32 float64',
  DepthToSpace: 'float32 float64 float16 uint8',
  Einsum: 'float32 float64 int32 int64',
  Elu: 'float32 float64@18<22',
  Erf: 'float32',
  Gelu: 'float32',
  HardSigmoid: 'float32 float64@18<22',
  LRN: 'float32 float16',
  LeakyRelu: 'float32 float64<20',
  MatMul: 'float32 float64 int32 uint32 int64 uint64',
  Max: 'float32 float64 int8 uint8 int32 uint32 int64 uint64',
  MaxPool: 'float32 float64 float16 int8 uint8',
  Min: 'float32 float64 int8 uint8 int32 uint32 int64 uint64',
  Pad: 'float32 float64 int8 uint8 int32 uint32 int64 uint64 bool',
  PRelu: 'float32 float64 float16 int32 uint32 int64 uint64',
  Pow: 'float32 float64 int32 int64',
  Range: 'float32 float64 int16 int32 int64',
  ReduceL1: 'float32 float64 int32 int64',
  ReduceL2: 'float32 float64 int32 int64',
  ReduceLogSumExp: 'float32 float64 int32 int64',
  ReduceMax: 'float32 float64 int8 uint8 int32 int64',
  ReduceMean: 'float32 float64 int32 int64',
  ReduceMin: 'float32 float64 int8 uint8 int32 int64',
  ReduceProd: 'float32 float64 int32 int64',
  ReduceSum: 'float32 float64 int32 int64',
  ReduceSumSquare: 'float32 float64 int32 int64',
  Relu: 'float32 float64 int8 int32 int64@18',
  Resize: 'float32 float16',
  Selu: 'float32 float64@18<22',
  Sinh: 'float32',
  Softplus: 'float32 float64@18<22',
  Softsign: 'float32 float64@18<22',
  SpaceToDepth: 'float32 float64 float16',
  Sum: 'float32 float64',
  Tan: 'float32',
  TopK: 'float32 float64 int8 uint8 int16 int32 int64',
  Trilu: 'float32 float64 int32 int64 bool',
  Unique: 'float32 float64 int8 int64',
  Where: 'float32 float64 uint8 int32 int64',
};

/** What holds every value of a type, nearest first; for float64 the nearest there is. */
const WIDER: Partial<Record<ElementType, readonly ElementType[]>> = {
  bool: ['uint8', 'int32', 'float32'],
  int8: ['int32', 'float32'],
  uint8: ['int32', 'float32'],
  int16: ['int32', 'float32'],
  uint16: ['int32', 'float32'],
  int32: ['int64', 'float64'],
  // Two's complement: sums and products of int64 are those of uint64 too.
  uint32: ['int64', 'float64'],
  uint64: ['int64'],
  float64: ['float32'],
};

/** The type to compute in: the own one where there is a kernel. */
export function kernelType(op: string, type: ElementType, opset: number): ElementType {
  const kernels = Object.hasOwn(KERNELS, op) ? KERNELS[op] : undefined;
  if (kernels === undefined || takes(kernels, type, opset)) return type;
  return WIDER[type]?.find((wider) => takes(kernels, wider, opset)) ?? type;
}

/** Whether there is a kernel for exactly this type. */
export function hasKernel(op: string, type: ElementType, opset: number): boolean {
  const kernels = Object.hasOwn(KERNELS, op) ? KERNELS[op] : undefined;
  return kernels === undefined || takes(kernels, type, opset);
}

/** Whether a kernel of the list takes the type at this opset. */
const takes = (kernels: string, type: ElementType, opset: number): boolean =>
  kernels.split(' ').some((kernel) => {
    const [, name, since = 0, before = Infinity] =
      /^(\w+?)(?:@(\d+))?(?:<(\d+))?$/.exec(kernel) ?? [];
    return name === type && opset >= Number(since) && opset < Number(before);
  });
