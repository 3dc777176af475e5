/** A TFLite file as data: what its tables say, weights still in the file. */
import type { ElementType } from '../../onnx/element-type.ts';
import type { ByteRange } from '../../onnx/stored-tensor.ts';
import type { Table } from './flat-buffer.ts';
import type { Options } from './options.ts';

/** By their number in the file. A `resource` is a handle of a variable or table. */
export const TENSOR_TYPES = [
  'float32',
  'float16',
  'int32',
  'uint8',
  'int64',
  'string',
  'bool',
  'int16',
  'complex64',
  'int8',
  'float64',
  'complex128',
  'uint64',
  'resource',
  'variant',
  'uint32',
  'uint16',
  'int4',
  'bfloat16',
  'int2',
  'uint4',
] as const satisfies readonly (ElementType | 'resource' | 'variant')[];

export type TensorType = (typeof TENSOR_TYPES)[number];

/** Integers stand for `(q − zeroPoint) · scale`. */
export interface Quantization {
  /** One for all elements, or one for each slice along `axis`. */
  readonly scale: readonly number[];
  /** As many as scales. */
  readonly zeroPoint: readonly number[];
  readonly axis: number;
  /** Scales that lie in another tensor, one for each block of elements. */
  readonly isBlockwise: boolean;
}

export interface TfliteTensor {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  /** −1 where a size is free. Empty when the file has none, which is so for models of fixed sizes. */
  readonly signature: readonly number[];
  /** Its content, when it is constant. */
  readonly data: ByteRange | undefined;
  readonly quantization: Quantization | undefined;
  /** Keeps its content from one run to the next. */
  readonly isVariable: boolean;
  /** How the content is packed, when zeros are left out. */
  readonly sparsity: Table | undefined;
}

export interface TfliteOperator {
  /** The builtin's name, or `CUSTOM`. */
  readonly op: string;
  /** The name of a custom operator. */
  readonly custom: string;
  /** Tensors by number; −1 for an optional one that is absent. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: Options;
  readonly customOptions: ByteRange;
}

export interface TfliteSubgraph {
  readonly name: string;
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** Names by which callers know the inputs and outputs of a subgraph. */
export interface TfliteSignature {
  readonly key: string;
  readonly subgraph: number;
  /** Names by tensor number. */
  readonly inputs: ReadonlyMap<number, string>;
  readonly outputs: ReadonlyMap<number, string>;
}

export interface TfliteModel {
  readonly description: string;
  readonly subgraphs: readonly TfliteSubgraph[];
  readonly signatures: readonly TfliteSignature[];
  /** The version of TensorFlow that converted it: empty when the file does not say. */
  readonly converter: string;
}
