/**
 * Sizes of values, followed through the graph: a proof that two dimensions are equal, or what a
 * computed shape holds. Names of dimensions in the file are not believed: exporters give equal names
 * to different sizes.
 */
import type { Node } from '../../onnx/model.ts';
import { smallInts } from '../constants.ts';
import type { GraphContext } from '../graph-context.ts';
import { DIM_RULES, sameDims } from './dim-rules.ts';
import type { Size, Sizes } from './size.ts';
import { SIZE_RULES } from './size-rules.ts';

/** How far a size is followed: chains are longer in the deepest models only, and answers are cached. */
const MAX_DEPTH = 400;

/** Types in which shapes are computed. */
const SIZE_TYPES: ReadonlySet<string> = new Set(['int64', 'int32', 'bool']);

/** Questions about the sizes of a graph's values. Answers stay right under exact rewrites. */
export class Dims {
  readonly context: GraphContext;
  readonly #dims = new Map<string, Size>();
  readonly #sizes = new Map<string, Sizes | undefined>();
  #depth = 0;

  constructor(context: GraphContext) {
    this.context = context;
  }

  rank(value: string): number | undefined {
    return this.context.shapeOf(value)?.length;
  }

  /** The size along an axis (from the front): a number, or the place from which it comes. */
  dim(value: string, axis: number): Size {
    const key = `${axis} ${value}`;
    const known = this.#dims.get(key);
    if (known !== undefined) return known;
    const own = this.context.shapeOf(value)?.[axis];
    const size = typeof own === 'number' ? own : (this.#follow(value, axis) ?? { value, axis });
    this.#dims.set(key, size);
    return size;
  }

  /** All sizes of a value of known rank. */
  shape(value: string): readonly Size[] | undefined {
    const rank = this.rank(value);
    if (rank === undefined) return undefined;
    return Array.from({ length: rank }, (_, axis) => this.dim(value, axis));
  }

  /** What an integer tensor of rank 0 or 1 holds, as far as it is known. */
  sizes(value: string): Sizes | undefined {
    if (value === '') return undefined;
    if (this.#sizes.has(value)) return this.#sizes.get(value);
    const sizes = this.#constant(value) ?? this.#compute(value);
    this.#sizes.set(value, sizes);
    return sizes;
  }

  #constant(value: string): Sizes | undefined {
    const tensor = this.context.constant(value);
    if (!tensor || tensor.dims.length > 1 || !SIZE_TYPES.has(tensor.type)) return undefined;
    const elements = smallInts(tensor);
    return elements && { rank: tensor.dims.length === 0 ? 0 : 1, elements };
  }

  #follow(value: string, axis: number): Size | undefined {
    const found = this.#producer(value);
    if (!found) return undefined;
    const rule = DIM_RULES[found.node.opType] ?? sameDims(found.node);
    return rule && this.#deeper(() => rule(found.node, axis, this, found.output));
  }

  #compute(value: string): Sizes | undefined {
    const found = this.#producer(value);
    const rule = found && SIZE_RULES[found.node.opType];
    return rule && this.#deeper(() => rule(found.node, this));
  }

  #producer(value: string): { readonly node: Node; readonly output: number } | undefined {
    const definition = this.context.editor.resolve(value);
    return definition?.kind === 'node' && definition.node.domain === '' ? definition : undefined;
  }

  #deeper<T>(question: () => T): T | undefined {
    if (this.#depth >= MAX_DEPTH) return undefined;
    this.#depth++;
    try {
      return question();
    } finally {
      this.#depth--;
    }
  }
}
