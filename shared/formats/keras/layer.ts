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

/** The variables of one layer, and of the layers inside it. */
export interface LayerWeights {
  /** The layer's own variables in Keras' order: trainable ones, then the others. */
  readonly own: readonly Value[];
  /**
   * Those of a layer that it holds. `.keras` files know it by the attribute (`query_dense`), legacy `.h5`
   * and TensorFlow.js by the layer's name (`query`).
   */
  readonly child: (attribute: string, name?: string) => LayerWeights;
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
  readonly inputs: readonly Value[];
  /** Which steps of each input count, `[N, T]` of bool, where an earlier layer said so. */
  readonly masks: readonly (Value | undefined)[];
  /** Keyword arguments of the call (`training` and masks left out): numbers, text, or other values. */
  readonly keywords: { readonly [name: string]: Json | Value };
}

/** One output, or several; `mask` where the layer makes or passes one. */
export interface LayerResult {
  readonly outputs: readonly Value[];
  /** Of the outputs. Absent: the layer passes on what it got, if it is one that does. */
  readonly mask?: Value | undefined;
}

/** Converts one use of a layer. @throws Unconvertible with what stands in the way */
export type Layer = (call: LayerCall) => Value | LayerResult;

export type LayerTable = Readonly<Record<string, Layer>>;
