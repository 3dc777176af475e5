/** Lists of tensors: TensorList of TensorFlow 2, TensorArray of TensorFlow 1. */
import type { ElementType } from '../../../onnx/element-type.ts';
import type { Dim, Shape } from '../../build/dims.ts';
import type { Value } from '../../build/value.ts';

/** What one step of a loop writes to a list. */
export interface ListWrite {
  /** Its place, a number of rank 0; `end`: behind the last element. */
  readonly index: Value | 'end';
  readonly element: Value;
}

export type ListContent =
  /** As many as are given; those that are not there were never written. */
  | { readonly kind: 'elements'; readonly items: readonly (Value | undefined)[] }
  /** All as one tensor `[length, …element]`. */
  | { readonly kind: 'stacked'; readonly tensor: Value }
  /** Nothing was written; the length is known at run time. */
  | { readonly kind: 'blank' }
  /** In the body of a loop: what the step writes is gathered behind the loop. */
  | {
      readonly kind: 'collected';
      readonly loop: symbol;
      readonly place: number;
      readonly write: ListWrite | undefined;
    };

/** Immutable: an op that writes gives another list. */
export class TensorList {
  readonly kind = 'tensor-list';
  readonly type: ElementType;
  /** Of one element. */
  readonly element: Shape | null;
  /** A number of rank 0, int32; absent where only the stacked tensor tells it. */
  readonly length: Value | undefined;
  readonly content: ListContent;

  /** Whether it becomes longer where it is written behind its end. */
  readonly canGrow: boolean;

  constructor(
    type: ElementType,
    element: Shape | null,
    length: Value | undefined,
    content: ListContent,
    canGrow = false,
  ) {
    this.canGrow = canGrow;
    this.type = type;
    this.element = element;
    this.length = length;
    this.content = content;
  }

  /** How many elements there are, as far as it is known. */
  get size(): Dim {
    if (this.content.kind === 'elements') return this.content.items.length;
    const { length, content } = this;
    const size = content.kind === 'stacked' ? (content.tensor.shape?.[0] ?? null) : null;
    return size ?? length?.known?.[0] ?? null;
  }

  /** Whether nothing was written to it. */
  get isBlank(): boolean {
    const { content } = this;
    return (
      content.kind === 'blank' ||
      (content.kind === 'elements' && content.items.every((item) => item === undefined))
    );
  }

  /** The same list, which becomes longer where it is written behind its end. */
  growing(): TensorList {
    return new TensorList(this.type, this.element, this.length, this.content, true);
  }

  /** The same list with other content. */
  with(content: ListContent, changed: { element?: Shape | null; length?: Value } = {}): TensorList {
    const element = changed.element === undefined ? this.element : changed.element;
    const length = changed.length ?? this.length;
    return new TensorList(this.type, element, length, content, this.canGrow);
  }
}

/**
 * The body of a loop does more with a list than write to it once in each step: the loop has to carry it.
 * Thrown by ops, caught by the loop.
 */
export class ListIsRead extends Error {
  readonly loop: symbol;
  /** The list's place among the loop's variables. */
  readonly place: number;

  constructor(loop: symbol, place: number) {
    super('a list is read in the loop that writes it');
    this.loop = loop;
    this.place = place;
  }
}
