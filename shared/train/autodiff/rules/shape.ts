/** Ops that move elements and compute nothing: each element's gradient goes back to where it came from. */
import { intOf, intsOf, stringOf } from '../../../onnx/attributes.ts';
import type { Shape } from '../../emitter.ts';
import { countOf, sameShape } from '../../emitter.ts';
import type { Backward } from '../backward.ts';
import {
  fromFront,
  type GradientRule,
  gradientOf,
  inputOf,
  NoGradient,
  type RuleInput,
  shapeOfInput,
} from '../rule.ts';

/** ONNX's number of float32. */
const FLOAT = 1;

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

const zeros = (back: Backward, shape: Shape): string => back.expand(back.scalar(0), shape);

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

/** `value` put to `places` of an axis of `size`; places that are named twice get the sum. */
function scatterAlong(
  back: Backward,
  value: string,
  axis: number,
  places: readonly number[],
  size: number,
): string {
  const shape = back.shapeOf(value);
  const wide = shape.map((whole, at) => (at === axis ? size : whole));
  const isSelection = new Set(places).size === places.length && size <= 1024;
  if (isSelection || countOf(shape) === 0) return bySelection(back, value, axis, places, size);
  const row = back.reshape(
    back.ints(places),
    shape.map((_, at) => (at === axis ? places.length : 1)),
  );
  const indices = back.expand(row, shape);
  return back.emit('ScatterElements', [zeros(back, wide), indices, value], wide, {
    attributes: { axis, reduction: 'add' },
  });
}

/** A Gather out of the value and a row of zeros: which of its rows each place has. */
function bySelection(
  back: Backward,
  value: string,
  axis: number,
  places: readonly number[],
  size: number,
): string {
  const shape = back.shapeOf(value);
  const [one, wide] = [1, size].map((length) =>
    shape.map((whole, at) => (at === axis ? length : whole)),
  );
  const withZero = back.emit(
    'Concat',
    [value, zeros(back, one ?? [])],
    shape.map((whole, at) => (at === axis ? whole + 1 : whole)),
    { attributes: { axis } },
  );
  const rows = Array.from({ length: size }, (_, place) => {
    const row = places.indexOf(place);
    return row < 0 ? places.length : row;
  });
  return back.emit('Gather', [withZero, back.ints(rows)], wide ?? [], { attributes: { axis } });
}

/** Rows of a table, by indices that are constant or computed. */
const gather: GradientRule = (input) => {
  const { back, node } = input;
  const shape = shapeOfInput(input, 0);
  const axis = fromFront(intOf(node, 'axis', 0), shape.length);
  const gradient = gradientOf(input);
  const whole = back.shapeOf(gradient);
  const picked = whole.slice(axis, whole.length - (shape.length - axis - 1));
  const count = countOf(picked);
  const rows = [...shape.slice(0, axis), count, ...shape.slice(axis + 1)];
  const flat = back.reshape(gradient, rows);
  // Indices as they are fed, of int32 or int64, maybe from the end: both mean the same to ScatterElements.
  const named = back.emit(
    'Reshape',
    [inputOf(input, 1), back.ints(rows.map((_, at) => (at === axis ? count : 1)))],
    [],
  );
  const indices = back.emit('Expand', [named, back.ints(rows)], rows);
  return [
    back.emit('ScatterElements', [zeros(back, shape), indices, flat], shape, {
      attributes: { axis, reduction: 'add' },
    }),
  ];
};

const gatherElements: GradientRule = (input) => {
  const { back, node } = input;
  const shape = shapeOfInput(input, 0);
  return [
    back.emit(
      'ScatterElements',
      [zeros(back, shape), inputOf(input, 1), gradientOf(input)],
      shape,
      {
        attributes: { axis: intOf(node, 'axis', 0), reduction: 'add' },
      },
    ),
  ];
};

/** What was written over has no gradient; what was added to keeps it. */
const scatterElements: GradientRule = (input) => {
  const { back, node, needs } = input;
  const gradient = gradientOf(input);
  const reduction = stringOf(node, 'reduction', 'none');
  if (reduction !== 'none' && reduction !== 'add')
    throw new NoGradient(`ScatterElements with ${reduction}`);
  const attributes = { axis: intOf(node, 'axis', 0) };
  const [indices, updates] = [inputOf(input, 1), shapeOfInput(input, 2)];
  const kept = (): string =>
    reduction === 'add'
      ? gradient
      : back.emit(
          'ScatterElements',
          [gradient, indices, zeros(back, updates)],
          back.shapeOf(gradient),
          { attributes },
        );
  return [
    needs(0) ? kept() : undefined,
    undefined,
    needs(2)
      ? back.emit('GatherElements', [gradient, indices], updates, { attributes })
      : undefined,
  ];
};

/** The window that is not margin; what a reflected margin shows belongs to several. */
const pad: GradientRule = (input) => {
  const { back, node } = input;
  const mode = stringOf(node, 'mode', 'constant');
  if (mode !== 'constant') throw new NoGradient(`Pad of mode ${mode}`);
  const shape = shapeOfInput(input, 0);
  const pads = constantOf(input, 1, 'pads');
  const axes = node.inputs[3] ? constantOf(input, 3, 'axes') : shape.map((_, axis) => axis);
  const gradient = gradientOf(input);
  const places = axes.map((axis) => fromFront(axis, shape.length));
  const starts = places.map((_, i) => pads[i] ?? 0);
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
  const { back } = input;
  const shape = shapeOfInput(input, 0);
  return [back.emit('Cast', [gradientOf(input)], shape, { attributes: { to: FLOAT } })];
};

/** What was kept of a matrix. */
const trilu: GradientRule = (input) => {
  const { back, node } = input;
  const inputs = [gradientOf(input), ...node.inputs.slice(1)];
  const attributes = { upper: intOf(node, 'upper', 1) };
  return [back.emit('Trilu', inputs, shapeOfInput(input, 0), { attributes })];
};

/** The sum of all that an element went into: the same sum from the other end. */
const cumSum: GradientRule = (input) => {
  const { back, node } = input;
  const attributes = {
    exclusive: intOf(node, 'exclusive', 0),
    reverse: 1 - intOf(node, 'reverse', 0),
  };
  const inputs = [gradientOf(input), inputOf(input, 1)];
  return [back.emit('CumSum', inputs, shapeOfInput(input, 0), { attributes })];
};

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
  Gather: gather,
  GatherElements: gatherElements,
  ScatterElements: scatterElements,
  Pad: pad,
  Expand: expand,
  Tile: tile,
  SpaceToDepth: spaceToDepth,
  DepthToSpace: depthToSpace,
  Cast: cast,
  Trilu: trilu,
  CumSum: cumSum,
};
