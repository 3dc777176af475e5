/** How one operator is written after a version that changed it. */
import type { ElementType } from '../../onnx/element-type.ts';
import type { Dim, Node } from '../../onnx/model.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import type { Refusal } from '../../rewrite/refusal.ts';

/** What an adapter may ask and make. */
export interface AdapterContext {
  /** The version that the whole model goes to: at least the adapter's. */
  readonly target: number;
  /** Makes a constant; gives the name of its value. */
  constant(tensor: StoredTensor): string;
  /** Makes a 1-D int64 constant. */
  ints(hint: string, values: readonly number[]): string;
  /** The tensor of a value that is constant. */
  valueOf(name: string): StoredTensor | undefined;
  elementTypeOf(name: string): ElementType | undefined;
  /** Dims as far as they are known; `undefined` when not even the rank is. */
  shapeOf(name: string): readonly Dim[] | undefined;
  /** Whether anything reads the value. */
  isUsed(name: string): boolean;
  freshName(hint: string): string;
}

/** Gives the nodes that do the same in the new version, or says why none do. */
export type Adapter = (node: Node, context: AdapterContext) => readonly Node[] | Refusal;

/** Adapters of operators by the version that changed them. */
export type AdapterTable = Readonly<Record<string, Readonly<Record<number, Adapter>>>>;

/** The node without the named attributes. */
export function withoutAttributes(node: Node, ...names: readonly string[]): Node {
  const attributes = new Map([...node.attributes].filter(([name]) => !names.includes(name)));
  return { ...node, attributes };
}
