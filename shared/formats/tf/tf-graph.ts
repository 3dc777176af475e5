/**
 * A TensorFlow graph, whatever file it came from: SavedModel, frozen graph, TensorFlow.js or, translated,
 * TensorFlow Lite. Readers make it; `convert-graph.ts` turns it into ONNX.
 *
 * Source: tensorflow/core/framework/{graph,node_def,function,attr_value}.proto.
 */
import type { ElementType } from '../../onnx/element-type.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import type { Shape } from '../build/dims.ts';

/** `resource` and `variant` hold no elements; `unknown` stands for types without a counterpart. */
export type TfType = ElementType | 'resource' | 'variant' | 'unknown';

export type TfAttribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  /** UTF-8 text; bytes that are none are kept as Latin-1. */
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'type'; readonly value: TfType }
  /** `null`: of unknown rank. Free sizes are `null`. */
  | { readonly kind: 'shape'; readonly value: Shape | null }
  | { readonly kind: 'tensor'; readonly value: StoredTensor }
  | { readonly kind: 'function'; readonly value: string; readonly attributes?: TfAttributes }
  | { readonly kind: 'list'; readonly value: readonly TfAttribute[] };

export type TfAttributes = ReadonlyMap<string, TfAttribute>;

/** One operation. Control inputs are left out by the readers. */
export interface TfNode {
  readonly name: string;
  readonly op: string;
  /** `node` for its first output, `node:1` for the second: always by number, in functions too. */
  readonly inputs: readonly string[];
  readonly attributes: TfAttributes;
  /** What the source calls the op, for messages, where that is another name: `CONV_2D`. */
  readonly kind?: string;
  /**
   * Why the source's operator has no translation: it is told with all others that cannot be converted. A constant with
   * a refusal stands for one whose value is known at first alone: what hangs on it is looked at, too.
   */
  readonly refusal?: { readonly reason: string; readonly hint?: string | undefined };
}

/** A body that nodes call by name. Parameters are nodes of op `_Arg` in `nodes`, one for each of `parameters`. */
export interface TfFunction {
  readonly name: string;
  /** Names of the `_Arg` nodes, in order. */
  readonly parameters: readonly string[];
  readonly nodes: readonly TfNode[];
  /** What it returns, as inputs of nodes are written. */
  readonly results: readonly string[];
}

/** A named input or output of the model. */
export interface TfPort {
  /** The name that the user knows: of the signature, or the tensor's. */
  readonly name: string;
  /** As inputs of nodes are written. */
  readonly tensor: string;
}

export interface TfInputPort extends TfPort {
  readonly type: ElementType;
  readonly shape: Shape | null;
}

/** Weights are constants: nodes of op `Const` whose attribute `value` is a tensor that may lie in a file. */
export interface TfGraph {
  readonly nodes: readonly TfNode[];
  readonly functions: ReadonlyMap<string, TfFunction>;
  readonly inputs: readonly TfInputPort[];
  readonly outputs: readonly TfPort[];
  /** What was odd about the file, for people. */
  readonly notes: readonly string[];
}

/** The node and output number of a reference. */
export function parseReference(reference: string): {
  readonly node: string;
  readonly output: number;
} {
  const colon = reference.lastIndexOf(':');
  const number = colon < 0 ? Number.NaN : Number(reference.slice(colon + 1));
  return Number.isInteger(number)
    ? { node: reference.slice(0, colon), output: number }
    : { node: reference, output: 0 };
}

/** The functions that attributes name, those in lists (branches of a Case) too. */
export function* functionsIn(attributes: TfAttributes): Iterable<string> {
  for (const attribute of attributes.values()) {
    if (attribute.kind === 'function') yield attribute.value;
    else if (attribute.kind === 'list')
      for (const item of attribute.value) if (item.kind === 'function') yield item.value;
  }
}
