/**
 * The IR: an ONNX model as data. It knows no files; weights are {@link StoredTensor}s whose bytes
 * may still lie in one. Nodes are immutable; graphs are changed through {@link GraphEditor} alone.
 *
 * Source: onnx.proto, IR version 14. Names of fields follow it.
 */
import type { ElementType } from './element-type.ts';
import type { StoredTensor, UnknownFields } from './stored-tensor.ts';

export type { UnknownFields } from './stored-tensor.ts';

/** A dimension: a fixed size, a symbolic name, or `null` when nothing is known. */
export type Dim = number | string | null;

/** What a value holds. `shape: null` means that even the rank is unknown. */
export type ValueType =
  | {
      readonly kind: 'tensor';
      readonly elementType: ElementType;
      readonly shape: readonly Dim[] | null;
      readonly extras?: TypeExtras;
    }
  | {
      readonly kind: 'sparse-tensor';
      readonly elementType: ElementType;
      readonly shape: readonly Dim[] | null;
      readonly extras?: TypeExtras;
    }
  | { readonly kind: 'sequence'; readonly element: ValueType; readonly extras?: TypeExtras }
  | { readonly kind: 'optional'; readonly element: ValueType; readonly extras?: TypeExtras }
  | {
      readonly kind: 'map';
      readonly key: ElementType;
      readonly value: ValueType;
      readonly extras?: TypeExtras;
    }
  /** Opaque or from a later schema: kept as bytes. */
  | { readonly kind: 'unknown'; readonly encoded: Uint8Array };

/** What a type says besides: denotations, and fields of later schemas, by the message that holds them. */
export interface TypeExtras {
  /** Of TypeProto. */
  readonly type?: UnknownFields;
  /** Of TypeProto.Tensor, Sequence, Optional or Map. */
  readonly inner?: UnknownFields;
  /** Of TensorShapeProto. */
  readonly shape?: UnknownFields;
  /** Of TensorShapeProto.Dimension, by the dimension's position. */
  readonly dims?: ReadonlyMap<number, UnknownFields>;
}

/** A named value with, where declared, its type. */
export interface ValueInfo {
  readonly name: string;
  readonly type: ValueType | null;
  readonly docString?: string;
  readonly metadata?: ReadonlyMap<string, string>;
  readonly unknown?: UnknownFields;
}

/** An int64 of the file: a `number` while it is a safe integer, else a `bigint`. */
export type Int64 = number | bigint;

/** An attribute without its name, which is the key of the map around it. */
export type Attribute = AttributeValue & {
  readonly docString?: string;
  readonly unknown?: UnknownFields;
};

export type AttributeValue =
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'int'; readonly value: Int64 }
  /** ONNX strings are bytes; most are UTF-8. */
  | { readonly type: 'string'; readonly value: Uint8Array }
  | { readonly type: 'tensor'; readonly value: StoredTensor }
  | { readonly type: 'graph'; readonly value: Graph }
  | { readonly type: 'sparse-tensor'; readonly value: SparseTensor }
  | { readonly type: 'type'; readonly value: ValueType }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'ints'; readonly value: readonly Int64[] }
  | { readonly type: 'strings'; readonly value: readonly Uint8Array[] }
  | { readonly type: 'tensors'; readonly value: readonly StoredTensor[] }
  | { readonly type: 'graphs'; readonly value: readonly Graph[] }
  | { readonly type: 'sparse-tensors'; readonly value: readonly SparseTensor[] }
  | { readonly type: 'types'; readonly value: readonly ValueType[] }
  /** Inside a function body: stands for the caller's attribute of this name. */
  | {
      readonly type: 'reference';
      readonly value: string;
      readonly of: Exclude<AttributeValue['type'], 'reference'>;
    };

export interface SparseTensor {
  readonly values: StoredTensor;
  readonly indices: StoredTensor;
  readonly dims: readonly number[];
  readonly unknown?: UnknownFields;
}

/** One operation. `''` among inputs or outputs is an absent optional. `domain` is `''` for ai.onnx. */
export interface Node {
  readonly opType: string;
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly overload?: string;
  readonly docString?: string;
  readonly metadata?: ReadonlyMap<string, string>;
  readonly unknown?: UnknownFields;
}

/** A graph: a model's main one, or the body of an If, Loop or Scan, which also sees outer values by name. */
export interface Graph {
  readonly name: string;
  readonly nodes: readonly Node[];
  /** By name. An initializer may also be listed as an input (a default value, IR < 4: always). */
  readonly initializers: ReadonlyMap<string, StoredTensor>;
  readonly sparseInitializers: readonly SparseTensor[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Declared types of inner values, by name. */
  readonly valueInfo: ReadonlyMap<string, ValueInfo>;
  readonly docString?: string;
  readonly metadata?: ReadonlyMap<string, string>;
  readonly unknown?: UnknownFields;
}

/** A model-local function: an op defined by nodes. */
export interface FunctionDefinition {
  readonly name: string;
  readonly domain: string;
  readonly overload?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly string[];
  readonly attributeDefaults: ReadonlyMap<string, Attribute>;
  readonly nodes: readonly Node[];
  readonly opsets: ReadonlyMap<string, number>;
  readonly valueInfo: ReadonlyMap<string, ValueInfo>;
  readonly docString?: string;
  readonly metadata?: ReadonlyMap<string, string>;
  readonly unknown?: UnknownFields;
}

export interface Model {
  readonly irVersion: number;
  /** Domain → version; `''` is ai.onnx. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: Graph;
  readonly functions: readonly FunctionDefinition[];
  readonly producerName: string;
  readonly producerVersion: string;
  readonly domain: string;
  readonly modelVersion: Int64;
  readonly docString: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly unknown?: UnknownFields;
}
