/** TensorFlow's data types: their numbers, their names, and what they are here. */
import type { TfType } from './tf-graph.ts';

/** Source: tensorflow/core/framework/types.proto. Quantized types are integers whose scale lies elsewhere. */
const DATA_TYPES: readonly (readonly [number, string, TfType])[] = [
  [1, 'DT_FLOAT', 'float32'],
  [2, 'DT_DOUBLE', 'float64'],
  [3, 'DT_INT32', 'int32'],
  [4, 'DT_UINT8', 'uint8'],
  [5, 'DT_INT16', 'int16'],
  [6, 'DT_INT8', 'int8'],
  [7, 'DT_STRING', 'string'],
  [8, 'DT_COMPLEX64', 'complex64'],
  [9, 'DT_INT64', 'int64'],
  [10, 'DT_BOOL', 'bool'],
  [11, 'DT_QINT8', 'int8'],
  [12, 'DT_QUINT8', 'uint8'],
  [13, 'DT_QINT32', 'int32'],
  [14, 'DT_BFLOAT16', 'bfloat16'],
  [15, 'DT_QINT16', 'int16'],
  [16, 'DT_QUINT16', 'uint16'],
  [17, 'DT_UINT16', 'uint16'],
  [18, 'DT_COMPLEX128', 'complex128'],
  [19, 'DT_HALF', 'float16'],
  [20, 'DT_RESOURCE', 'resource'],
  [21, 'DT_VARIANT', 'variant'],
  [22, 'DT_UINT32', 'uint32'],
  [23, 'DT_UINT64', 'uint64'],
  [24, 'DT_FLOAT8_E5M2', 'float8e5m2'],
  [25, 'DT_FLOAT8_E4M3FN', 'float8e4m3fn'],
  [29, 'DT_INT4', 'int4'],
  [30, 'DT_UINT4', 'uint4'],
];

/** Types of references to variables are those of the values, plus 100. */
const REFERENCE = 100;

const BY_NUMBER = new Map(DATA_TYPES.map(([number, , type]) => [number, type]));
const BY_NAME = new Map(DATA_TYPES.map(([, name, type]) => [name, type]));

/** The type with this number in binary files; `unknown` for one without a counterpart. */
export const typeOfNumber = (code: number): TfType =>
  BY_NUMBER.get(code > REFERENCE ? code - REFERENCE : code) ?? 'unknown';

/** The type with this name in JSON and text files; likewise. */
export const typeOfName = (name: string): TfType =>
  BY_NAME.get(name.replace(/_REF$/, '')) ?? 'unknown';
