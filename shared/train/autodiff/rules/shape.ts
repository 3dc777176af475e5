/** Ops that move elements and compute nothing: each element's gradient goes back to where it came from. */
import { intOf, intsOf, stringOf } from '../../../onnx/attributes.ts';
import { sameShape } from '../../emitter.ts';
import {
  fromFront,
  type GradientRule,
  gradientOf,
  NoGradient,
  type RuleInput,
  shapeOfInput,
  transposedBy,
} from '../rule.ts';
import { scatterAlong, scatterTaps, zeros } from './along-axis.ts';
import { FLOAT } from './arithmetic.ts';

/** Reshape, Flatten, Squeeze, Unsqueeze: the same elements in the same order. */
const sameElements: GradientRule = (input) => [
  input.back.reshape(gradientOf(input), shapeOfInput(input, 0)),
];

const transpose: GradientRule = (input) => {
  const rank = shapeOfInput(input, 0).length;
  const order = intsOf(input.node, 'perm') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  return [
    input.back.transpose(
      gradientOf(input),
      order.map((_, axis) => order.indexOf(axis)),
    ),
  ];
};

/** The constant values of an input that gives sizes or places. @throws NoGradient when they are computed */
function constantOf(input: RuleInput, position: number, what: string): readonly number[] {
  const values = input.constant(position);
  if (!values) throw new NoGradient(`${input.node.opType} with computed ${what}`);
  return values;
}

/** `sizes[i]` along `axis` from `starts[i]` on, one Slice for each that is wanted. */
function cut(
  { back, needs }: RuleInput,
  gradient: string,
  axis: number,
  sizes: readonly number[],
): (string | undefined)[] {
  const shape = back.shapeOf(gradient);
  let start = 0;
  return sizes.map((size, position) => {
    const from = start;
    start += size;
    if (!needs(position)) return undefined;
    const part = shape.map((whole, at) => (at === axis ? size : whole));
    const places = [[from], [from + size], [axis]].map((values) => back.ints(values));
    return back.emit('Slice', [gradient, ...places], part);
  });
}

const concat: GradientRule = (input) => {
  const gradient = gradientOf(input);
  const rank = input.back.shapeOf(gradient).length;
  const axis = fromFront(intOf(input.node, 'axis', 0), rank);
  const sizes = input.node.inputs.map((_, position) => shapeOfInput(input, position)[axis] ?? 0);
  return cut(input, gradient, axis, sizes);
};

/** Outputs that nothing depends on have zeros. */
const split: GradientRule = (input) => {
  const { back, node, gradients } = input;
  const shape = shapeOfInput(input, 0);
  const axis = fromFront(intOf(node, 'axis', 0), shape.length);
  const parts = node.outputs.map((output, i) => gradients[i] ?? zeros(back, back.shapeOf(output)));
  return [back.emit('Concat', parts, shape, { attributes: { axis } })];
};

/** Zeros with the gradient in the window that was cut out; steps make a Scatter of it. */
const slice: GradientRule = (input) => {
  const { back, node } = input;
  const shape = shapeOfInput(input, 0);
  const gradient = gradientOf(input);
  const starts = constantOf(input, 1, 'starts');
  const axes = node.inputs[3] ? constantOf(input, 3, 'axes') : starts.map((_, axis) => axis);
  const steps = node.inputs[4] ? constantOf(input, 4, 'steps') : starts.map(() => 1);
  const sizes = back.shapeOf(gradient);
  const begins = shape.map(() => 0);
  const ends = shape.map(() => 0);
  let isPlain = true;
  axes.forEach((written, i) => {
    const axis = fromFront(written, shape.length);
    const [size = 0, step = 1] = [shape[axis], steps[i]];
    const first = clamp(fromFront(starts[i] ?? 0, size), 0, step < 0 ? size - 1 : size);
    begins[axis] = first;
    ends[axis] = size - first - (sizes[axis] ?? 0);
    isPlain &&= step === 1;
  });
  if (isPlain) return [back.emit('Pad', [gradient, back.ints([...begins, ...ends])], shape)];
  // One axis after the other: places along it, the rest whole.
  let spread = gradient;
  axes.forEach((written, i) => {
    const axis = fromFront(written, shape.length);
    const step = steps[i] ?? 1;
    const places = Array.from(
      { length: sizes[axis] ?? 0 },
      (_, k) => (begins[axis] ?? 0) + k * step,
    );
    spread = scatterAlong(back, spread, axis, places, shape[axis] ?? 0);
  });
  return [spread];
};

const clamp = (value: number, low: number, high: number): number =>
  Math.min(Math.max(value, low), high);

/** The window that is not margin; what the margin shows of it in other modes adds to it. */
const pad: GradientRule = (input) => {
  const { back, node } = input;
  const mode = stringOf(node, 'mode', 'constant');
  const shape = shapeOfInput(input, 0);
  const pads = constantOf(input, 1, 'pads');
  const axes = node.inputs[3] ? constantOf(input, 3, 'axes') : shape.map((_, axis) => axis);
  const gradient = gradientOf(input);
  const places = axes.map((axis) => fromFront(axis, shape.length));
  const starts = places.map((_, i) => pads[i] ?? 0);
  if (mode !== 'constant') {
    const shown = MARGINS[mode];
    if (!shown) throw new NoGradient(`Pad of mode ${mode}`);
    return [
      places.reduce((value, axis, i) => {
        const [size = 1, count = 1] = [shape[axis], back.shapeOf(value)[axis]];
        if (size === count && starts[i] === 0) return value;
        const row = Array.from({ length: count }, (_, at) => shown(at - (starts[i] ?? 0), size));
        const taps = { places: [row], weights: [row.map(() => 1)] };
        return scatterTaps(back, value, axis, taps, size);
      }, gradient),
    ];
  }
  // A negative pad cuts: there the gradient is put back among zeros.
  const begins = shape.map((_, axis) => Math.max(0, -(starts[places.indexOf(axis)] ?? 0)));
  const ends = shape.map((_, axis) =>
    Math.max(0, -(pads[axes.length + places.indexOf(axis)] ?? 0)),
  );
  const inner = shape.map((size, axis) => size - (begins[axis] ?? 0) - (ends[axis] ?? 0));
  const from = starts.map((start) => Math.max(0, start));
  const to = from.map((start, i) => start + (inner[places[i] ?? 0] ?? 0));
  const kept = sameShape(back.shapeOf(gradient), inner)
    ? gradient
    : back.emit('Slice', [gradient, back.ints(from), back.ints(to), back.ints(places)], inner);
  if (sameShape(inner, shape)) return [kept];
  return [back.emit('Pad', [kept, back.ints([...begins, ...ends])], shape)];
};

/** Which place of an axis of `size` the place `at` beside it shows. */
const MARGINS: Readonly<Record<string, (at: number, size: number) => number>> = {
  edge: (at, size) => clamp(at, 0, size - 1),
  wrap: (at, size) => ((at % size) + size) % size,
  reflect: (at, size) => size - 1 - Math.abs(size - 1 - Math.abs(at)),
};

const expand: GradientRule = (input) => [
  input.back.unbroadcast(gradientOf(input), shapeOfInput(input, 0)),
];

/** Copies lie behind each other along every axis: they are summed. */
const tile: GradientRule = (input) => {
  const { back } = input;
  const shape = shapeOfInput(input, 0);
  const wide = back.shapeOf(gradientOf(input));
  const split = shape.flatMap((size, axis) => [(wide[axis] ?? 0) / size, size]);
  const copies = shape.map((_, axis) => 2 * axis);
  return [back.reshape(back.sum(back.reshape(gradientOf(input), split), copies), shape)];
};

/** Blocks to depth and back are each other's inverse. */
const spaceToDepth: GradientRule = (input) => {
  const blocksize = intOf(input.node, 'blocksize', 1);
  const attributes = { blocksize, mode: 'DCR' };
  return [
    input.back.emit('DepthToSpace', [gradientOf(input)], shapeOfInput(input, 0), { attributes }),
  ];
};

const depthToSpace: GradientRule = (input) => {
  const { back, node } = input;
  const [batch = 1, channels = 1, height = 1, width = 1] = shapeOfInput(input, 0);
  const block = intOf(node, 'blocksize', 1);
  const inner = channels / block / block;
  const blocks = [batch, inner, height, block, width, block];
  const order = stringOf(node, 'mode', 'DCR') === 'DCR' ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4];
  const apart = back.transpose(back.reshape(gradientOf(input), blocks), order);
  return [back.reshape(apart, [batch, channels, height, width])];
};

/** Between floats the gradient follows; whatever came from integers has none. */
const cast: GradientRule = (input) => {
  const { back, needs } = input;
  // CastLike has an operand of which it takes the type alone.
  if (!needs(0)) return [];
  const shape = shapeOfInput(input, 0);
  return [back.emit('Cast', [gradientOf(input)], shape, { attributes: { to: FLOAT } })];
};

/** Of a model that infers it drops nothing. */
const dropout: GradientRule = (input) => {
  const isTraining = input.node.inputs[2] ? input.constant(2)?.[0] !== 0 : false;
  if (isTraining) throw new NoGradient('Dropout in training mode');
  return [gradientOf(input)];
};

/** What was kept of a matrix. */
const trilu: GradientRule = (input) => {
  const { back, node } = input;
  const inputs = [gradientOf(input), ...node.inputs.slice(1)];
  const attributes = { upper: intOf(node, 'upper', 1) };
  return [back.emit('Trilu', inputs, shapeOfInput(input, 0), { attributes })];
};

/** The sum of all that an element went into: the same sum from the other end. */
const cumSum: GradientRule = (input) =>
  transposedBy(input, {
    exclusive: intOf(input.node, 'exclusive', 0),
    reverse: 1 - intOf(input.node, 'reverse', 0),
  });

/** By op type. */
export const SHAPE_OPS: Readonly<Record<string, GradientRule>> = {
  Reshape: sameElements,
  Flatten: sameElements,
  Squeeze: sameElements,
  Unsqueeze: sameElements,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  Expand: expand,
  Tile: tile,
  SpaceToDepth: spaceToDepth,
  DepthToSpace: depthToSpace,
  Cast: cast,
  CastLike: cast,
  Dropout: dropout,
  Trilu: trilu,
  CumSum: cumSum,
};
