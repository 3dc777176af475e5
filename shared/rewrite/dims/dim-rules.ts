/** From where each operator takes the sizes of its output, axis by axis. What no rule says stays unknown. */
import { intOf, intsOf } from '../../onnx/attributes.ts';
import type { Node } from '../../onnx/model.ts';
import { hasTrait } from '../../ops/traits.ts';
import { smallInts } from '../constants.ts';
import type { Dims } from './dims.ts';
import { isSameSize, quotient, type Size } from './size.ts';

/** The size of an output along an axis from the front, or `undefined`. */
export type DimRule = (node: Node, axis: number, dims: Dims, output: number) => Size | undefined;

const input = (node: Node, position = 0): string => node.inputs[position] ?? '';

const same: DimRule = (node, axis, dims, output) =>
  output === 0 ? dims.dim(input(node), axis) : undefined;

/** Elementwise operators: the broadcast of all inputs. */
const broadcast: DimRule = (node, axis, dims, output) => {
  const rank = dims.rank(node.outputs[output] ?? '');
  if (rank === undefined) return undefined;
  let found: Size | undefined = 1;
  for (const name of node.inputs) {
    if (name === '') continue;
    const own = dims.rank(name);
    if (own === undefined) return undefined;
    const size: Size = axis < rank - own ? 1 : dims.dim(name, axis - rank + own);
    if (size === 1 || isSameSize(size, found)) continue;
    // A number other than 1 decides; two unknown sizes could each be 1.
    if (found === 1 || (typeof size === 'number' && typeof found !== 'number')) found = size;
    else if (typeof found !== 'number') return undefined;
  }
  return found;
};

/** The rule of operators that have none of their own: by trait. */
export function sameDims(node: Node): DimRule | undefined {
  return hasTrait(node, 'elementwise') ? broadcast : undefined;
}

/** Axis 0 is the batch; what lies behind depends on kernels. */
const batchOnly: DimRule = (node, axis, dims) =>
  axis === 0 ? dims.dim(input(node), 0) : undefined;

/** As `same`, except along the axis that an attribute names. */
function exceptAxis(fallback: number): DimRule {
  return (node, axis, dims) => {
    const rank = dims.rank(input(node));
    if (rank === undefined) return undefined;
    const own = intOf(node, 'axis', fallback);
    return (own < 0 ? own + rank : own) === axis ? undefined : dims.dim(input(node), axis);
  };
}

/** Axes given as an attribute or as a constant second input, from the front. */
function axesOf(node: Node, dims: Dims, rank: number): readonly number[] | undefined {
  const axes = intsOf(node, 'axes') ?? smallInts(dims.context.constant(input(node, 1)));
  return axes?.map((axis) => (axis < 0 ? axis + rank : axis));
}

const squeeze: DimRule = (node, axis, dims) => {
  const rank = dims.rank(input(node));
  const axes = rank === undefined ? undefined : axesOf(node, dims, rank);
  if (!axes || rank === undefined) return undefined;
  const kept = Array.from({ length: rank }, (_, index) => index).filter(
    (index) => !axes.includes(index),
  );
  const from = kept[axis];
  return from === undefined ? undefined : dims.dim(input(node), from);
};

const unsqueeze: DimRule = (node, axis, dims) => {
  const rank = dims.rank(node.outputs[0] ?? '');
  const axes = rank === undefined ? undefined : axesOf(node, dims, rank);
  if (!axes) return undefined;
  if (axes.includes(axis)) return 1;
  return dims.dim(input(node), axis - axes.filter((own) => own < axis).length);
};

const transpose: DimRule = (node, axis, dims) => {
  const perm = intsOf(node, 'perm');
  const rank = dims.rank(input(node));
  const from = perm ? perm[axis] : rank === undefined ? undefined : rank - 1 - axis;
  return from === undefined ? undefined : dims.dim(input(node), from);
};

const reshape: DimRule = (node, axis, dims) => {
  const shape = dims.sizes(input(node, 1));
  const wanted = shape?.elements[axis];
  if (shape?.rank !== 1 || wanted === undefined) return undefined;
  const copies = intOf(node, 'allowzero', 0) === 0;
  if (wanted === 0 && copies) return dims.dim(input(node), axis);
  if (wanted !== -1) return wanted;
  const before = dims.shape(input(node));
  const others = shape.elements.flatMap((size, index): (Size | undefined)[] => {
    if (index === axis) return [];
    return [size === 0 && copies ? before?.[index] : size];
  });
  if (!before || others.some((size) => size === undefined || size === 0)) return undefined;
  return quotient(
    before,
    others.filter((size) => size !== undefined),
  );
};

const flatten: DimRule = (node, axis, dims) => {
  const shape = dims.shape(input(node));
  if (!shape) return undefined;
  const own = intOf(node, 'axis', 1);
  const at = own < 0 ? own + shape.length : own;
  return quotient(axis === 0 ? shape.slice(0, at) : shape.slice(at), []);
};

/** Dimensions that are neither padded, cut nor scaled. */
const pad: DimRule = (node, axis, dims) => {
  const rank = dims.rank(input(node));
  const pads = intsOf(node, 'pads') ?? smallInts(dims.context.constant(input(node, 1)));
  if (rank === undefined || !pads || input(node, 3) !== '') return undefined;
  const added = (pads[axis] ?? 0) + (pads[axis + rank] ?? 0);
  const size = dims.dim(input(node), axis);
  if (added === 0 && (pads[axis] ?? 0) === 0) return size;
  return typeof size === 'number' ? size + added : undefined;
};

const slice: DimRule = (node, axis, dims) => {
  const rank = dims.rank(input(node));
  if (rank === undefined) return undefined;
  const given = input(node, 3);
  const axes =
    given === '' && !node.attributes.has('axes') && node.inputs.length < 4
      ? smallInts(dims.context.constant(input(node, 1)))?.map((_, index) => index)
      : (intsOf(node, 'axes') ?? smallInts(dims.context.constant(given)));
  const isCut = axes?.some((own) => (own < 0 ? own + rank : own) === axis) ?? true;
  return isCut ? undefined : dims.dim(input(node), axis);
};

const concat: DimRule = (node, axis, dims) => {
  const rank = dims.rank(input(node));
  if (rank === undefined) return undefined;
  const own = intOf(node, 'axis', 0);
  if ((own < 0 ? own + rank : own) === axis) {
    const sizes = node.inputs.map((name) => dims.dim(name, axis));
    return sizes.reduce<number | undefined>(
      (sum, size) => (sum === undefined || typeof size !== 'number' ? undefined : sum + size),
      0,
    );
  }
  // All agree there: one that is a number tells it.
  const sizes = node.inputs.map((name) => dims.dim(name, axis));
  return sizes.find((size) => typeof size === 'number') ?? sizes[0];
};

const reduce: DimRule = (node, axis, dims) => {
  const rank = dims.rank(input(node));
  const axes = rank === undefined ? undefined : axesOf(node, dims, rank);
  if (!axes || rank === undefined || axes.length === 0) return undefined;
  if (intOf(node, 'keepdims', 1) === 1)
    return axes.includes(axis) ? 1 : dims.dim(input(node), axis);
  const kept = Array.from({ length: rank }, (_, index) => index).filter(
    (index) => !axes.includes(index),
  );
  const from = kept[axis];
  return from === undefined ? undefined : dims.dim(input(node), from);
};

/** [… , M, K] · [… , K, N]: the batch dimensions are broadcast. */
const matMul: DimRule = (node, axis, dims, output) => {
  const [left, right] = [dims.rank(input(node)), dims.rank(input(node, 1))];
  if (left === undefined || right === undefined || left < 2 || right < 2) return undefined;
  const rank = Math.max(left, right);
  if (axis === rank - 1) return dims.dim(input(node, 1), right - 1);
  if (axis === rank - 2) return dims.dim(input(node), left - 2);
  return broadcast(node, axis, dims, output);
};

const gemm: DimRule = (node, axis, dims) => {
  const [position, flag] = axis === 0 ? [0, 'transA'] : [1, 'transB'];
  const isTransposed = intOf(node, flag, 0) === 1;
  return dims.dim(input(node, position), isTransposed ? 1 - axis : axis);
};

const gather: DimRule = (node, axis, dims) => {
  const [data, picked] = [dims.rank(input(node)), dims.rank(input(node, 1))];
  if (data === undefined || picked === undefined) return undefined;
  const own = intOf(node, 'axis', 0);
  const at = own < 0 ? own + data : own;
  if (axis < at) return dims.dim(input(node), axis);
  if (axis < at + picked) return dims.dim(input(node, 1), axis - at);
  return dims.dim(input(node), axis - picked + 1);
};

/** Y [steps, directions, batch, hidden]; the last states [directions, batch, hidden]; layout 0. */
const recurrent: DimRule = (node, axis, dims, output) => {
  if (intOf(node, 'layout', 0) !== 0) return undefined;
  if (output === 0 && axis === 0) return dims.dim(input(node), 0);
  return axis === (output === 0 ? 2 : 1) ? dims.dim(input(node), 1) : undefined;
};

const expand: DimRule = (node, axis, dims) => {
  const rank = dims.rank(node.outputs[0] ?? '');
  const own = dims.rank(input(node));
  const shape = dims.sizes(input(node, 1));
  if (rank === undefined || own === undefined || !shape) return undefined;
  const wanted = shape.elements.at(axis - rank);
  const given: Size = axis < rank - own ? 1 : dims.dim(input(node), axis - rank + own);
  if (given === 1 && shape.elements.length >= rank - axis) return wanted;
  if (wanted === 1 || isSameSize(wanted, given) || shape.elements.length < rank - axis)
    return given;
  return typeof given === 'number' ? given : undefined;
};

const constantOfShape: DimRule = (node, axis, dims) => dims.sizes(input(node))?.elements[axis];

/** By operator; those with the trait `elementwise` need no entry. */
export const DIM_RULES: Readonly<Record<string, DimRule>> = {
  AveragePool: batchOnly,
  BatchNormalization: same,
  Concat: concat,
  ConstantOfShape: constantOfShape,
  Conv: batchOnly,
  ConvTranspose: batchOnly,
  CumSum: same,
  Dropout: same,
  Expand: expand,
  Flatten: flatten,
  Gather: gather,
  Gemm: gemm,
  GlobalAveragePool: (node, axis, dims) => (axis < 2 ? dims.dim(input(node), axis) : 1),
  GlobalMaxPool: (node, axis, dims) => (axis < 2 ? dims.dim(input(node), axis) : 1),
  GRU: recurrent,
  Hardmax: same,
  InstanceNormalization: same,
  LSTM: recurrent,
  LayerNormalization: same,
  LogSoftmax: same,
  MatMul: matMul,
  MaxPool: batchOnly,
  Pad: pad,
  RNN: recurrent,
  ReduceL2: reduce,
  ReduceMax: reduce,
  ReduceMean: reduce,
  ReduceMin: reduce,
  ReduceProd: reduce,
  ReduceSum: reduce,
  Reshape: reshape,
  Slice: slice,
  Softmax: same,
  Split: exceptAxis(0),
  Squeeze: squeeze,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
};
