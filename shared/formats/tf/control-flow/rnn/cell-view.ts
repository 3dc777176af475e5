/** The body of a loop read as one step of a recurrent layer: sums, products, gates. */
import { boolAttribute, intAttribute, stringsAttribute } from '../../attributes.ts';
import { isValue } from '../../op.ts';
import type { TfNode } from '../../tf-graph.ts';
import { TensorList } from '../list-value.ts';
import type { WhileLoop } from '../while-loop.ts';

/** `x · kernel + state · recurrent + bias`, of which any may be missing. References into the body. */
export interface Affine {
  /** The place of the list from which each step takes its input, and the weights. */
  readonly input: { readonly list: number; readonly weights: string } | undefined;
  /** What else is multiplied by weights. */
  readonly recurrent: { readonly of: string; readonly weights: string } | undefined;
  readonly biases: readonly string[];
}

/** One of equal parts along the last axis. */
export interface Gate {
  readonly whole: string;
  readonly index: number;
}

/** Activations that ONNX has by the same name, which onnxruntime takes for recurrent layers. */
const ACTIVATIONS = new Set(['Tanh', 'Relu', 'Sigmoid']);

/** How many addends a sum may have (CWE-674): a step of a recurrent layer has four. */
const MAX_TERMS = 8;

/** Answers whether references into the body are what the equations of a layer say. */
export class CellView {
  readonly loop: WhileLoop;

  constructor(loop: WhileLoop) {
    this.loop = loop;
  }

  /** The reference that the body gives for a variable. */
  result(place: number): string | undefined {
    return this.loop.body.results[place];
  }

  same(a: string | undefined, b: string | undefined): boolean {
    return this.loop.body.same(a, b);
  }

  /** Whether it is the variable, as it was before the step. */
  isState(reference: string | undefined, place: number): boolean {
    return this.loop.body.parameter(reference) === place;
  }

  /** Whether the number is the count of steps before this one. */
  isStepNumber(reference: string | undefined): boolean {
    const place = this.loop.body.parameter(reference);
    return place !== undefined && this.loop.counters.get(place) === 0;
  }

  /** The place of the list of which the value is the element of this step. */
  inputList(reference: string | undefined): number | undefined {
    const { body, invariant, starts } = this.loop;
    const read = body.made(reference, 'TensorListGetItem', 'TensorArrayReadV3');
    if (!read || !this.isStepNumber(read.inputs[1])) return undefined;
    const place = body.parameter(read.inputs[read.op === 'TensorListGetItem' ? 0 : 2]);
    if (place === undefined || !invariant.has(place)) return undefined;
    return starts[place] instanceof TensorList ? place : undefined;
  }

  /** The activation of ONNX that made the value, and of what. */
  activation(reference: string | undefined): { name: string; of: string } | undefined {
    const node = this.loop.body.made(reference, ...ACTIVATIONS);
    const [of] = node?.inputs ?? [];
    return node && of !== undefined ? { name: node.op, of } : undefined;
  }

  /** What the logistic function was applied to. */
  sigmoid(reference: string | undefined): string | undefined {
    return this.loop.body.made(reference, 'Sigmoid')?.inputs[0];
  }

  /** The first reading of `left op right` or `right op left` that makes sense. */
  either<T>(
    reference: string | undefined,
    ops: readonly string[],
    read: (left: string, right: string) => T | undefined,
  ): T | undefined {
    const [left, right] = this.loop.body.made(reference, ...ops)?.inputs ?? [];
    if (left === undefined || right === undefined) return undefined;
    return read(left, right) ?? read(right, left);
  }

  product<T>(
    reference: string | undefined,
    read: (left: string, right: string) => T | undefined,
  ): T | undefined {
    return this.either(reference, ['Mul'], read);
  }

  sum<T>(
    reference: string | undefined,
    read: (left: string, right: string) => T | undefined,
  ): T | undefined {
    return this.either(reference, ['Add', 'AddV2'], read);
  }

  /** Whether it is `1 − of`. */
  isComplement(reference: string | undefined, of: string): boolean {
    const [one, rest] = this.loop.body.made(reference, 'Sub')?.inputs ?? [];
    return this.loop.body.numbers(one)?.join() === '1' && this.same(rest, of);
  }

  /** Which of `count` parts of `units` elements the value is. */
  gate(reference: string | undefined, count: number, units: number): Gate | undefined {
    const source = this.loop.body.source(reference);
    if (!source) return undefined;
    const { node, output } = source;
    switch (node.op) {
      case 'Split':
        return this.#isLastAxis(node.inputs[0]) && intAttribute(node, 'num_split', 1) === count
          ? gateOf(node.inputs[1], output)
          : undefined;
      case 'SplitV': {
        const sizes = this.loop.body.numbers(node.inputs[1]) ?? [];
        const isEven = sizes.slice(0, output + 1).every((size) => size === units || size === -1);
        const fits = sizes.slice(0, count).length === count && output < count;
        return isEven && fits && this.#isLastAxis(node.inputs[2])
          ? gateOf(node.inputs[0], output)
          : undefined;
      }
      case 'StridedSlice':
        return output === 0 ? this.#slicedGate(node, count, units) : undefined;
      default:
        return undefined;
    }
  }

  #isLastAxis(reference: string | undefined): boolean {
    const axis = this.loop.body.numbers(reference)?.[0];
    return axis === 1 || axis === -1;
  }

  /** `whole[:, index · units : (index + 1) · units]`. */
  #slicedGate(node: TfNode, count: number, units: number): Gate | undefined {
    const [from, to, step] = node.inputs.slice(1).map((input) => this.loop.body.numbers(input));
    const mask = (name: string): number => intAttribute(node, name, 0);
    const isPlain = ['ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask'].every(
      (name) => mask(name) === 0,
    );
    const wholeRows = (mask('begin_mask') & 1) === 1 && (mask('end_mask') & 1) === 1;
    if (!from || !to || step?.join() !== '1,1' || !isPlain || !wholeRows) return undefined;
    const start = (mask('begin_mask') & 2) !== 0 ? 0 : from[1];
    const end = (mask('end_mask') & 2) !== 0 ? count * units : to[1];
    const index = (start ?? Number.NaN) / units;
    if (!Number.isInteger(index) || index < 0 || index >= count) return undefined;
    return end === (index + 1) * units ? gateOf(node.inputs[0], index) : undefined;
  }

  /** Reads a sum of matrix products and biases; `undefined` when there is anything else in it. */
  affine(reference: string): Affine | undefined {
    let input: Affine['input'];
    let recurrent: Affine['recurrent'];
    const biases: string[] = [];
    const open = [reference];
    for (let seen = 0, next = open.pop(); next !== undefined; seen++, next = open.pop()) {
      if (seen > MAX_TERMS) return undefined;
      const { body, invariant } = this.loop;
      const fused = body.made(next, '_FusedMatMul');
      const product = body.made(next, 'MatMul') ?? fused;
      const added = body.made(next, 'Add', 'AddV2', 'BiasAdd');
      if (body.isMadeOf(next, invariant)) {
        biases.push(next);
      } else if (added) {
        open.push(...added.inputs);
      } else if (product) {
        const [of, weights] = product.inputs;
        if (of === undefined || weights === undefined || !this.#isPlainProduct(product))
          return undefined;
        if (fused) open.push(...fused.inputs.slice(2));
        const list = this.inputList(of);
        if (!body.isMadeOf(weights, invariant) || (list === undefined ? recurrent : input))
          return undefined;
        if (list === undefined) recurrent = { of, weights };
        else input = { list, weights };
      } else {
        return undefined;
      }
    }
    return { input, recurrent, biases };
  }

  /** `left · right`, with nothing but one addend fused to it. */
  #isPlainProduct(node: TfNode): boolean {
    if (boolAttribute(node, 'transpose_a') || boolAttribute(node, 'transpose_b')) return false;
    if (node.op === 'MatMul') return true;
    return stringsAttribute(node, 'fused_ops').join() === 'BiasAdd' && node.inputs.length === 3;
  }

  /** The size of a state `[N, units]`, when it is one. */
  unitsOf(place: number): number | undefined {
    const start = this.loop.starts[place];
    if (!isValue(start) || start.type !== 'float32' || start.shape?.length !== 2) return undefined;
    const [, units] = start.shape;
    return typeof units === 'number' ? units : undefined;
  }
}

const gateOf = (whole: string | undefined, index: number): Gate | undefined =>
  whole === undefined ? undefined : { whole, index };
