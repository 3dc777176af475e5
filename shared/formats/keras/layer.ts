/** What an entry of the Keras layer table is. */
import type { Builder } from '../build/builder.ts';
import type { Value } from '../build/value.ts';

/** What JSON can hold. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

/** What a call of a layer is given: tensors, numbers, text, and lists and dictionaries of such. */
export type Argument =
  | Value
  | null
  | boolean
  | number
  | string
  | readonly Argument[]
  | { readonly [key: string]: Argument };

/** The variables of one layer, and of the layers inside it. */
export interface LayerWeights {
  /** The layer's own variables in Keras' order: trainable ones, then the others. */
  readonly own: readonly Value[];
  /**
   * Those of a layer that it holds. `.keras` files know it by the attribute (`query_dense`), legacy `.h5`
   * and TensorFlow.js by the layer's name (`query`).
   */
  readonly child: (attribute: string, name?: string) => LayerWeights;
  /** A text that the file keeps beside the layer's variables: `vocabulary.txt`. */
  readonly asset?: (name: string) => string | undefined;
}

/** One use of a layer. */
export interface LayerCall {
  readonly b: Builder;
  readonly className: string;
  readonly name: string;
  readonly config: JsonObject;
  readonly weights: LayerWeights;
  /** The major version that wrote the file: some defaults differ. */
  readonly keras: 2 | 3;
  /** All tensors among the positional arguments, in their order. */
  readonly inputs: readonly Value[];
  /** Which steps of each input count, `[N, T]` of bool, where an earlier layer said so. */
  readonly masks: readonly (Value | undefined)[];
  /** The positional arguments as they were nested; most layers only need `inputs`. */
  readonly args: readonly Argument[];
  /** Keyword arguments of the call, without `training` and masks that are null. */
  readonly keywords: { readonly [name: string]: Argument };
  /** Masks of keyword arguments that are single tensors. */
  readonly keywordMasks: { readonly [name: string]: Value | undefined };
  /**
   * Uses a layer that this one holds, by its serialized form `{class_name, config}`.
   * @throws Unconvertible when it has no conversion
   */
  readonly apply: (
    layer: Json | undefined,
    inputs: readonly Value[],
    weights: LayerWeights,
    options?: InnerCall,
  ) => LayerResult;
  /** Something about the conversion that people should know. Said once a text. */
  readonly note: (text: string) => void;
}

/** What {@link LayerCall.apply} may be told besides. */
export interface InnerCall {
  readonly masks?: readonly (Value | undefined)[];
  readonly keywords?: { readonly [name: string]: Argument };
}

/** One output, or several; `mask` where the layer makes or passes one. */
export interface LayerResult {
  readonly outputs: readonly Value[];
  /** Of the outputs. Absent: the layer passes on what it got, if it is one that does (`mask-passing.ts`). */
  readonly mask?: Value | undefined;
}

/** Converts one use of a layer. @throws Unconvertible with what stands in the way */
export type Layer = (call: LayerCall) => Value | LayerResult;

export type LayerTable = Readonly<Record<string, Layer>>;
