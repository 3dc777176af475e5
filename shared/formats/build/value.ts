/** A tensor of the source model while it is being converted: where it is held, and what is known of it. */
import { DefectError } from '../../base/errors.ts';
import type { ElementType } from '../../onnx/element-type.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { elementCount, floatValues, tensorOf } from '../../onnx/tensor-data.ts';
import type { Known, Shape } from './dims.ts';
import { type Order, plainOrder } from './order.ts';
import { Unconvertible } from './unconvertible.ts';

/** Where the elements come from. */
export type Content =
  /** A value of the ONNX graph, its axes held in `order`. */
  | { readonly kind: 'named'; readonly name: string; readonly order: Order }
  | { readonly kind: 'constant'; readonly tensor: StoredTensor }
  /** Integers that stand for `(q − zeroPoint) · scale`: dequantized where they are used, after being put in order. */
  | {
      readonly kind: 'quantized';
      readonly tensor: StoredTensor;
      readonly scale: readonly number[];
      /** One for each scale. */
      readonly zeroPoint: readonly number[];
      /** The axis along which the scales change, when there is more than one. */
      readonly axis: number;
    };

/** Elements of constants that are followed through arithmetic: shapes, and statistics of the widest layers. */
export const MAX_KNOWN = 4096;

/** Immutable, but for what is remembered of a constant. `type` is that of the elements as the model computes with them. */
export class Value {
  readonly type: ElementType;
  /** In the source's axis order; `null` when not even the rank is known. */
  readonly shape: Shape | null;
  readonly content: Content;
  #known: Known | undefined;

  constructor(type: ElementType, shape: Shape | null, content: Content, known?: Known) {
    this.type = type;
    this.shape = shape;
    this.content =
      content.kind === 'named' ? { ...content, order: plainOrder(content.order) } : content;
    this.#known = known;
  }

  /** The axis count. @throws Unconvertible when it is unknown */
  get rank(): number {
    return this.sizes.length;
  }

  /** The shape. @throws Unconvertible when not even the rank is known */
  get sizes(): Shape {
    if (this.shape) return this.shape;
    throw new Unconvertible('it needs to know the rank of a value, and the file does not say it');
  }

  /** The order in which it is held; constants are held as the source has them. */
  get order(): Order {
    return this.content.kind === 'named' ? this.content.order : undefined;
  }

  get constant(): StoredTensor | undefined {
    return this.content.kind === 'constant' ? this.content.tensor : undefined;
  }

  /** Row-major elements of a small number tensor, as far as they are known. */
  get known(): Known | undefined {
    if (this.#known) return this.#known;
    const tensor = this.constant;
    if (!tensor || tensor.type === 'string' || elementCount(tensor) > MAX_KNOWN) return undefined;
    this.#known = tensor.type.includes('float')
      ? [...floatValues(tensor)]
      : // An int64 beyond 2^53 is the end of a slice: as a double it is still beyond every size.
        Array.from(tensorOf(tensor).data, Number);
    return this.#known;
  }

  /** The elements, when all are known numbers. */
  get numbers(): readonly number[] | undefined {
    const known = this.known;
    return known?.every((item) => typeof item === 'number')
      ? (known as readonly number[])
      : undefined;
  }

  /** The same value, of whose elements more is known. */
  withKnown(known: Known | undefined): Value {
    return known ? new Value(this.type, this.shape, this.content, known) : this;
  }

  /** The same value, of whose shape more is known. */
  withShape(shape: Shape | null): Value {
    return new Value(this.type, shape, this.content, this.#known);
  }

  /** A quantized constant in another shape, whose scales lie along `axis` then. */
  reshaped(
    shape: readonly number[],
    scale: readonly number[],
    zeroPoint: readonly number[],
    axis: number,
  ): Value {
    if (this.content.kind !== 'quantized') throw new DefectError('the value is not quantized');
    const tensor = { ...this.content.tensor, dims: shape };
    return new Value(this.type, shape, { ...this.content, tensor, scale, zeroPoint, axis });
  }
}
