/** Which operation of Keras a TensorFlow function is, and what its arguments are called there. */
import { DefectError } from '../../../base/errors.ts';
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { arithmetic, broadcast, unary } from '../../build/elementwise.ts';
import { split } from '../../build/join.ts';
import { matmul } from '../../build/matmul.ts';
import { reduce } from '../../build/reduce.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import type { Json, Layer, LayerCall } from '../layer.ts';
import { type Operation, operations } from './operations-call.ts';
import { OPERATIONS_IMAGE } from './operations-image.ts';
import { OPERATIONS_INDEX } from './operations-index.ts';
import { OPERATIONS_MATH } from './operations-math.ts';
import { OPERATIONS_NN } from './operations-nn.ts';
import { OPERATIONS_REDUCE } from './operations-reduce.ts';
import { OPERATIONS_SHAPE } from './operations-shape.ts';

export interface LambdaRule {
  /** The class of the operation. */
  readonly name: string;
  readonly convert: Layer;
  /** TensorFlow's names of what the operation is called with, in its order; `a|b`: under either name. */
  readonly operands: readonly string[];
  /** TensorFlow's names by those of Keras. */
  readonly options?: Readonly<Record<string, string>>;
  /** What the operation of Keras must be told because its default is another one. */
  readonly fixed?: Readonly<Record<string, Json>>;
  /** Arguments that must have these values, or be left out. */
  readonly refused?: Readonly<Record<string, Json>>;
  /** Lists for all axes are to be those of space. */
  readonly isSpatial?: boolean;
  readonly finish?: (b: Builder, made: Value, call: LayerCall) => Value;
}

type Parts = Omit<LambdaRule, 'name' | 'convert' | 'operands'>;

const OPERATIONS: Readonly<Record<string, Layer>> = {
  ...OPERATIONS_MATH,
  ...OPERATIONS_REDUCE,
  ...OPERATIONS_SHAPE,
  ...OPERATIONS_INDEX,
  ...OPERATIONS_NN,
  ...OPERATIONS_IMAGE,
};

function rule(name: string, operands: readonly string[], parts: Parts = {}): LambdaRule {
  const convert = OPERATIONS[name];
  if (!convert) throw new DefectError(`there is no operation ${name}`);
  return { name, convert, operands, ...parts };
}

/** Something that no operation of Keras is. */
const own = (
  operands: readonly string[],
  options: readonly string[],
  work: Operation,
): LambdaRule => ({
  name: 'function',
  convert: operations({ work }).work as Layer,
  operands,
  options: Object.fromEntries(options.map((name) => [name, name])),
});

/** Functions of one tensor: TensorFlow's name, and that of the operation. */
const UNARY: Readonly<Record<string, string>> = {
  abs: 'Absolute',
  acos: 'Arccos',
  acosh: 'Arccosh',
  asin: 'Arcsin',
  asinh: 'Arcsinh',
  atan: 'Arctan',
  atanh: 'Arctanh',
  ceil: 'Ceil',
  cos: 'Cos',
  cosh: 'Cosh',
  erf: 'Erf',
  erfc: 'Erfc',
  exp: 'Exp',
  expm1: 'Expm1',
  floor: 'Floor',
  is_finite: 'Isfinite',
  is_inf: 'Isinf',
  is_nan: 'Isnan',
  log: 'Log',
  log1p: 'Log1p',
  log_sigmoid: 'LogSigmoid',
  logical_not: 'LogicalNot',
  negative: 'Negative',
  neg: 'Negative',
  reciprocal: 'Reciprocal',
  round: 'Round',
  rint: 'Round',
  rsqrt: 'Rsqrt',
  sigmoid: 'Sigmoid',
  sign: 'Sign',
  sin: 'Sin',
  sinh: 'Sinh',
  softplus: 'Softplus',
  softsign: 'Softsign',
  sqrt: 'Sqrt',
  square: 'Square',
  tan: 'Tan',
  tanh: 'Tanh',
  relu: 'Relu',
  relu6: 'Relu6',
  selu: 'Selu',
  silu: 'Silu',
  swish: 'Silu',
};

/** Functions of two tensors. */
const BINARY: Readonly<Record<string, string>> = {
  add: 'Add',
  subtract: 'Subtract',
  sub: 'Subtract',
  multiply: 'Multiply',
  mul: 'Multiply',
  divide: 'Divide',
  div: 'Divide',
  truediv: 'TrueDivide',
  realdiv: 'TrueDivide',
  floordiv: 'FloorDivide',
  floor_div: 'FloorDivide',
  floormod: 'Mod',
  mod: 'Mod',
  pow: 'Power',
  maximum: 'Maximum',
  minimum: 'Minimum',
  equal: 'Equal',
  not_equal: 'NotEqual',
  greater: 'Greater',
  greater_equal: 'GreaterEqual',
  less: 'Less',
  less_equal: 'LessEqual',
  logical_and: 'LogicalAnd',
  logical_or: 'LogicalOr',
  divide_no_nan: 'DivideNoNan',
  ne: 'NotEqual',
  eq: 'Equal',
};

const REDUCTIONS: Readonly<Record<string, string>> = {
  reduce_mean: 'Mean',
  reduce_sum: 'Sum',
  reduce_max: 'Max',
  reduce_min: 'Min',
  reduce_prod: 'Prod',
  reduce_all: 'All',
  reduce_any: 'Any',
  reduce_std: 'Std',
  reduce_variance: 'Var',
  reduce_logsumexp: 'Logsumexp',
};

const each = (
  names: Readonly<Record<string, string>>,
  make: (operation: string) => LambdaRule,
): Record<string, LambdaRule> =>
  Object.fromEntries(Object.entries(names).map(([name, operation]) => [name, make(operation)]));

const wholeNumber = (b: Builder, made: Value, { keywords }: LayerCall): Value =>
  cast(b, made, keywords.output_type === 'int32' ? 'int32' : 'int64');

const place = (operation: string): LambdaRule =>
  rule(operation, ['input'], {
    options: { axis: 'axis' },
    fixed: { axis: 0 },
    finish: wholeNumber,
  });

/** Strides and the like as TensorFlow gives them: for all axes, or for those of space. */
const windowed = (operation: string, operands: readonly string[]): LambdaRule =>
  rule(operation, operands, {
    options: {
      strides: 'strides',
      padding: 'padding',
      pool_size: 'ksize',
      dilation_rate: 'dilations',
    },
    refused: { data_format: 'NHWC' },
    isSpatial: true,
  });

const l2Normalize: Operation = (call) => {
  const { b } = call;
  const x = call.float('x', 0);
  const axes = call.maybeInts('axis') ?? call.maybeInts('dim');
  const sum = reduce(b, 'ReduceSum', arithmetic(b, 'Mul', x, x), axes, true);
  const least = b.scalar(call.number('epsilon', 1e-12), x.type);
  const root = unary(b, 'Sqrt', broadcast(b, 'Max', [sum, least], x.type));
  return arithmetic(b, 'Div', x, root);
};

const product: Operation = (call) => {
  const [x, y] = [call.tensor('a', 0), call.tensor('b', 1)];
  const isSet = (name: string): boolean => call.flag(name);
  return matmul(call.b, x, y, {
    transposeLeft: isSet('transpose_a') || isSet('adjoint_a'),
    transposeRight: isSet('transpose_b') || isSet('adjoint_b'),
  });
};

/** Sizes, where Keras takes the places between the parts. */
const parts: Operation = (call) => {
  const x = call.tensor('value', 0);
  const axis = call.number('axis', 0);
  const given = call.ints('num_or_size_splits');
  const [count = 1] = given;
  if (!Array.isArray(call.argument('num_or_size_splits'))) {
    const size = x.sizes.at(axis);
    if (typeof size !== 'number' || size % count !== 0)
      throw new Unconvertible(`it splits ${size ?? 'a free size'} into ${count} parts`);
    return split(
      call.b,
      x,
      Array.from({ length: count }, () => size / count),
      axis,
    );
  }
  const whole = x.sizes.at(axis);
  const known = given.filter((size) => size >= 0).reduce((sum, size) => sum + size, 0);
  const sizes = given.map((size) => (size < 0 && typeof whole === 'number' ? whole - known : size));
  return split(call.b, x, sizes, axis);
};

const sum: Operation = (call) => {
  const [first, ...rest] = call.list('inputs');
  if (!first) throw new Unconvertible('it adds no tensors');
  return rest.reduce((total, value) => arithmetic(call.b, 'Add', total, value), first);
};

const OTHERS: Readonly<Record<string, LambdaRule>> = {
  add_n: own(['inputs'], [], sum),
  argmax: place('Argmax'),
  argmin: place('Argmin'),
  avg_pool: windowed('AveragePool', ['input']),
  avg_pool2d: windowed('AveragePool', ['input']),
  bias_add: rule('Add', ['value', 'bias'], { refused: { data_format: 'NHWC' } }),
  broadcast_to: rule('BroadcastTo', ['input'], { options: { shape: 'shape' } }),
  cast: rule('Cast', ['x'], { options: { dtype: 'dtype' } }),
  clip_by_value: rule('Clip', ['t'], {
    options: { x_min: 'clip_value_min', x_max: 'clip_value_max' },
  }),
  concat: rule('Concatenate', ['values'], { options: { axis: 'axis' } }),
  conv1d: windowed('Conv', ['input', 'filters|filter']),
  conv2d: windowed('Conv', ['input', 'filters|filter']),
  conv3d: windowed('Conv', ['input', 'filters|filter']),
  convert_to_tensor: rule('ConvertToTensor', ['value'], { options: { dtype: 'dtype' } }),
  cumsum: rule('Cumsum', ['x'], {
    options: { axis: 'axis' },
    fixed: { axis: 0 },
    refused: { exclusive: false, reverse: false },
  }),
  depth_to_space: rule('DepthToSpace', ['input'], {
    options: { block_size: 'block_size' },
    refused: { data_format: 'NHWC' },
  }),
  elu: rule('Elu', ['features']),
  expand_dims: rule('ExpandDims', ['input'], { options: { axis: 'axis' } }),
  gather: rule('Take', ['params', 'indices'], {
    options: { axis: 'axis' },
    fixed: { axis: 0 },
    refused: { batch_dims: 0 },
  }),
  gelu: rule('Gelu', ['features'], {
    options: { approximate: 'approximate' },
    fixed: { approximate: false },
  }),
  identity: rule('Copy', ['input']),
  l2_normalize: own(['x'], ['axis', 'dim', 'epsilon'], l2Normalize),
  leaky_relu: rule('LeakyRelu', ['features'], { options: { negative_slope: 'alpha' } }),
  log_softmax: rule('LogSoftmax', ['logits'], { options: { axis: 'axis' } }),
  matmul: own(['a', 'b'], ['transpose_a', 'transpose_b', 'adjoint_a', 'adjoint_b'], product),
  max_pool: windowed('MaxPool', ['input']),
  max_pool2d: windowed('MaxPool', ['input']),
  norm: rule('Norm', ['tensor'], {
    options: { axis: 'axis', keepdims: 'keepdims' },
    refused: { ord: 'euclidean' },
  }),
  one_hot: rule('OneHot', ['indices'], {
    options: { num_classes: 'depth', axis: 'axis', dtype: 'dtype' },
    refused: { on_value: 1, off_value: 0 },
  }),
  ones_like: rule('OnesLike', ['input'], { options: { dtype: 'dtype' } }),
  zeros_like: rule('ZerosLike', ['input'], { options: { dtype: 'dtype' } }),
  pad: rule('Pad', ['tensor'], {
    options: { pad_width: 'paddings', mode: 'mode', constant_values: 'constant_values' },
  }),
  repeat: rule('Repeat', ['input'], { options: { repeats: 'repeats', axis: 'axis' } }),
  resize: rule('Resize', ['images'], {
    options: { size: 'size', interpolation: 'method', antialias: 'antialias' },
    refused: { preserve_aspect_ratio: false },
  }),
  reverse: rule('Flip', ['tensor'], { options: { axis: 'axis' } }),
  roll: rule('Roll', ['input'], { options: { shift: 'shift', axis: 'axis' } }),
  rgb_to_grayscale: rule('RGBToGrayscale', ['images']),
  size: rule('Size', ['input']),
  slice: rule('Slice', ['input_', 'begin'], { options: { shape: 'size' } }),
  softmax: rule('Softmax', ['logits'], { options: { axis: 'axis' } }),
  sort: rule('Sort', ['values'], {
    options: { axis: 'axis' },
    fixed: { axis: -1 },
    refused: { direction: 'ASCENDING' },
  }),
  space_to_depth: rule('SpaceToDepth', ['input'], {
    options: { block_size: 'block_size' },
    refused: { data_format: 'NHWC' },
  }),
  split: own(['value'], ['num_or_size_splits', 'axis'], parts),
  squared_difference: own(['x', 'y'], [], (call) => {
    const apart = arithmetic(call.b, 'Sub', ...pairOf(call.common(['x', 'y'])));
    return arithmetic(call.b, 'Mul', apart, apart);
  }),
  squeeze: rule('Squeeze', ['input'], { options: { axis: 'axis' } }),
  stack: rule('Stack', ['values'], { options: { axis: 'axis' } }),
  stop_gradient: rule('StopGradient', ['input']),
  tensordot: rule('Tensordot', ['a', 'b'], { options: { axes: 'axes' } }),
  tile: rule('Tile', ['input'], { options: { repeats: 'multiples' } }),
  top_k: rule('TopK', ['input'], { options: { k: 'k' }, fixed: { k: 1 } }),
  transpose: rule('Transpose', ['a'], { options: { axes: 'perm' }, refused: { conjugate: false } }),
  unstack: rule('Unstack', ['value'], { options: { axis: 'axis' } }),
  where: rule('Where', ['condition', 'x', 'y']),
};

function pairOf([x, y]: readonly Value[]): [Value, Value] {
  if (!x || !y) throw new Unconvertible('it needs two operands');
  return [x, y];
}

const RULES: Readonly<Record<string, LambdaRule>> = {
  ...each(UNARY, (operation) => rule(operation, ['x'])),
  ...each(BINARY, (operation) => rule(operation, ['x', 'y'])),
  ...each(REDUCTIONS, (operation) =>
    rule(operation, ['input_tensor'], { options: { axis: 'axis', keepdims: 'keepdims' } }),
  ),
  ...OTHERS,
};

/** By the name of the function within its namespace. */
export const lambdaRule = (name: string): LambdaRule | undefined =>
  Object.hasOwn(RULES, name) ? RULES[name] : undefined;

/** Every function that has a conversion, for the docs. */
export const lambdaNames = (): readonly string[] => Object.keys(RULES).sort();
