/** What operators on shapes make of them: Shape, Gather, Concat and the arithmetic between. */
import { intOf, intsOf } from '../../onnx/attributes.ts';
import type { Node } from '../../onnx/model.ts';
import { smallInts } from '../constants.ts';
import type { Dims } from './dims.ts';
import { isSameSize, type Size, type Sizes } from './size.ts';

export type SizeRule = (node: Node, dims: Dims) => Sizes | undefined;

type Element = Size | undefined;

const input = (node: Node, position = 0): string => node.inputs[position] ?? '';

const shape: SizeRule = (node, dims) => {
  const sizes = dims.shape(input(node));
  const end = node.attributes.has('end') ? intOf(node, 'end', 0) : undefined;
  return sizes && { rank: 1, elements: sizes.slice(intOf(node, 'start', 0), end) };
};

const size: SizeRule = (node, dims) => {
  const sizes = dims.shape(input(node));
  if (!sizes) return undefined;
  let product = 1;
  for (const each of sizes) {
    if (typeof each !== 'number') return undefined;
    product *= each;
  }
  return { rank: 0, elements: [product] };
};

const gather: SizeRule = (node, dims) => {
  const data = dims.sizes(input(node));
  const picked = dims.sizes(input(node, 1));
  if (data?.rank !== 1 || !picked) return undefined;
  const elements = picked.elements.map(
    (index): Element => (typeof index === 'number' ? data.elements.at(index) : undefined),
  );
  return { rank: picked.rank, elements };
};

const slice: SizeRule = (node, dims) => {
  const data = dims.sizes(input(node));
  if (data?.rank !== 1) return undefined;
  const bound = (name: string, position: number): number | undefined => {
    const value = intsOf(node, name)?.[0] ?? dims.sizes(input(node, position))?.elements[0];
    return typeof value === 'number' ? value : undefined;
  };
  const [start, end] = [bound('starts', 1), bound('ends', 2)];
  const step = input(node, 4) === '' ? 1 : bound('', 4);
  if (start === undefined || end === undefined || step !== 1) return undefined;
  return { rank: 1, elements: data.elements.slice(start, end) };
};

const concat: SizeRule = (node, dims) => {
  const parts = node.inputs.map((name) => dims.sizes(name));
  if (parts.some((part) => part?.rank !== 1)) return undefined;
  return { rank: 1, elements: parts.flatMap((part) => part?.elements ?? []) };
};

const unsqueeze: SizeRule = (node, dims) => {
  const data = dims.sizes(input(node));
  const isToVector = data?.rank === 0 && dims.rank(node.outputs[0] ?? '') === 1;
  return isToVector ? { rank: 1, elements: data.elements } : undefined;
};

const squeeze: SizeRule = (node, dims) => {
  const data = dims.sizes(input(node));
  if (data?.elements.length !== 1) return undefined;
  return { rank: 0, elements: data.elements };
};

/** Reshape between a scalar and a vector, or of a vector to a vector. */
const reshape: SizeRule = (node, dims) => {
  const data = dims.sizes(input(node));
  const rank = dims.rank(node.outputs[0] ?? '');
  return data && (rank === 0 || rank === 1) ? { rank, elements: data.elements } : undefined;
};

const INTEGER_CODES: ReadonlySet<number> = new Set([6, 7]);
const BOOL_CODE = 9;

/** int32 and int64 hold every size of a real model. */
const cast: SizeRule = (node, dims) => {
  const data = dims.sizes(input(node));
  const to = intOf(node, 'to', 0);
  if (data && INTEGER_CODES.has(to)) return data;
  if (data && to === BOOL_CODE)
    return {
      rank: data.rank,
      elements: data.elements.map((each) =>
        typeof each === 'number' ? Number(each !== 0) : undefined,
      ),
    };
  return undefined;
};

/** Arithmetic of two, broadcast from one element. */
function binary(
  compute: (a: number, b: number) => number | undefined,
  symbolic: (a: Element, b: Element) => Element = () => undefined,
): SizeRule {
  return (node, dims) => {
    const [a, b] = [dims.sizes(input(node)), dims.sizes(input(node, 1))];
    if (!a || !b || node.inputs.length !== 2) return undefined;
    const length = Math.max(a.elements.length, b.elements.length);
    if (![1, length].includes(a.elements.length) || ![1, length].includes(b.elements.length))
      return undefined;
    const elements = Array.from({ length }, (_, index): Element => {
      const left = a.elements[a.elements.length === 1 ? 0 : index];
      const right = b.elements[b.elements.length === 1 ? 0 : index];
      return typeof left === 'number' && typeof right === 'number'
        ? compute(left, right)
        : symbolic(left, right);
    });
    return { rank: a.rank === 1 || b.rank === 1 ? 1 : 0, elements };
  };
}

/** Beyond 2^53 the numbers here would not be those of int64. */
const exact = (value: number): number | undefined =>
  Number.isSafeInteger(value) ? value : undefined;

const not: SizeRule = (node, dims) => {
  const data = dims.sizes(input(node));
  return (
    data && {
      rank: data.rank,
      elements: data.elements.map((each) =>
        typeof each === 'number' ? Number(each === 0) : undefined,
      ),
    }
  );
};

const where: SizeRule = (node, dims) => {
  const [condition, yes, no] = [0, 1, 2].map((position) => dims.sizes(input(node, position)));
  if (!condition || !yes || !no) return undefined;
  const length = Math.max(condition.elements.length, yes.elements.length, no.elements.length);
  const at = ({ elements }: Sizes, index: number): Element =>
    elements[elements.length === 1 ? 0 : index];
  const elements = Array.from({ length }, (_, index): Element => {
    const flag = at(condition, index);
    const [one, other] = [at(yes, index), at(no, index)];
    if (typeof flag === 'number') return flag === 0 ? other : one;
    return isSameSize(one, other) ? one : undefined;
  });
  return { rank: [condition, yes, no].some(({ rank }) => rank === 1) ? 1 : 0, elements };
};

/** A vector of one number, of a length that is known and small. */
const MAX_FILLED = 64;

const constantOfShape: SizeRule = (node, dims) => {
  const [length] = dims.sizes(input(node))?.elements ?? [];
  if (typeof length !== 'number' || length > MAX_FILLED || dims.rank(node.outputs[0] ?? '') !== 1)
    return undefined;
  const attribute = node.attributes.get('value');
  if (attribute?.type !== 'tensor' || !/^int(32|64)$/.test(attribute.value.type)) return undefined;
  const filler = smallInts(attribute.value)?.[0];
  return { rank: 1, elements: Array.from({ length }, () => filler) };
};

/** By operator. */
export const SIZE_RULES: Readonly<Record<string, SizeRule>> = {
  Add: binary(
    (a, b) => exact(a + b),
    (a, b) => (a === 0 ? b : b === 0 ? a : undefined),
  ),
  And: binary((a, b) => Number(a !== 0 && b !== 0)),
  Cast: cast,
  Concat: concat,
  ConstantOfShape: constantOfShape,
  // Integers are divided towards zero.
  Div: binary(
    (a, b) => (b === 0 ? undefined : Math.trunc(a / b)),
    (a, b) => (b === 1 ? a : undefined),
  ),
  Equal: binary(
    (a, b) => Number(a === b),
    (a, b) => (isSameSize(a, b) ? 1 : undefined),
  ),
  Gather: gather,
  Greater: binary((a, b) => Number(a > b)),
  GreaterOrEqual: binary((a, b) => Number(a >= b)),
  Identity: (node, dims) => dims.sizes(input(node)),
  Less: binary((a, b) => Number(a < b)),
  LessOrEqual: binary((a, b) => Number(a <= b)),
  Max: binary(
    (a, b) => Math.max(a, b),
    (a, b) => (isSameSize(a, b) ? a : undefined),
  ),
  Min: binary(
    (a, b) => Math.min(a, b),
    (a, b) => (isSameSize(a, b) ? a : undefined),
  ),
  Mul: binary(
    (a, b) => exact(a * b),
    (a, b) => (a === 1 ? b : b === 1 ? a : undefined),
  ),
  Not: not,
  Or: binary((a, b) => Number(a !== 0 || b !== 0)),
  Reshape: reshape,
  Shape: shape,
  Size: size,
  Slice: slice,
  Squeeze: squeeze,
  Sub: binary(
    (a, b) => exact(a - b),
    (a, b) => (b === 0 ? a : undefined),
  ),
  Unsqueeze: unsqueeze,
  Where: where,
};
