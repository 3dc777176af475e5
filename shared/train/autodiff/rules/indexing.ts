/** Ops that take elements by their places, or put them there: each element's gradient goes back to where it came from. */
import { intOf, stringOf } from '../../../onnx/attributes.ts';
import { countOf } from '../../emitter.ts';
import {
  fromFront,
  type GradientRule,
  gradientOf,
  inputOf,
  NoGradient,
  type RuleInput,
  shapeOfInput,
  transposedBy,
} from '../rule.ts';
import { zeros } from './along-axis.ts';

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

/** @throws NoGradient for what is not linear */
function reductionOf({ node }: RuleInput): 'none' | 'add' {
  const reduction = stringOf(node, 'reduction', 'none');
  if (reduction !== 'none' && reduction !== 'add')
    throw new NoGradient(`${node.opType} with ${reduction}`);
  return reduction;
}

/** What was written over has no gradient; what was added to keeps it. */
const scatterElements: GradientRule = (input) => {
  const { back, node, needs } = input;
  const gradient = gradientOf(input);
  const reduction = reductionOf(input);
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

const gatherNd: GradientRule = (input) => {
  const { back, node } = input;
  const shape = shapeOfInput(input, 0);
  const [indices, gradient] = [inputOf(input, 1), gradientOf(input)];
  const batch = intOf(node, 'batch_dims', 0);
  if (batch === 0) {
    const inputs = [zeros(back, shape), indices, gradient];
    return [back.emit('ScatterND', inputs, shape, { attributes: { reduction: 'add' } })];
  }
  // ScatterND has no batch: the same op over the numbers of all elements tells where each came from.
  const count = countOf(shape);
  const limits = [0, count, 1].map((value) => back.reshape(back.ints([value]), []));
  const numbers = back.reshape(back.emit('Range', limits, [count]), shape);
  const wide = back.shapeOf(gradient);
  const places = back.emit('GatherND', [numbers, indices], wide, {
    attributes: { batch_dims: batch },
  });
  const flat = [places, gradient].map((value) => back.reshape(value, [countOf(wide)]));
  const sum = back.emit('ScatterElements', [zeros(back, [count]), ...flat], [count], {
    attributes: { axis: 0, reduction: 'add' },
  });
  return [back.reshape(sum, shape)];
};

/** As {@link scatterElements}, whole slices at once. */
const scatterNd: GradientRule = (input) => {
  const { back, needs } = input;
  const gradient = gradientOf(input);
  const [indices, updates] = [inputOf(input, 1), shapeOfInput(input, 2)];
  const reduction = reductionOf(input);
  const kept = (): string =>
    reduction === 'add'
      ? gradient
      : back.emit('ScatterND', [gradient, indices, zeros(back, updates)], back.shapeOf(gradient));
  return [
    needs(0) ? kept() : undefined,
    undefined,
    needs(2) ? back.emit('GatherND', [gradient, indices], updates) : undefined,
  ];
};

/** The values of a TopK are elements at the places that it gives, too. */
const topK: GradientRule = (input) => {
  const { back, node } = input;
  const shape = shapeOfInput(input, 0);
  const inputs = [zeros(back, shape), back.alsoOutput(node, 1), gradientOf(input)];
  const attributes = { axis: intOf(node, 'axis', -1) };
  return [back.emit('ScatterElements', inputs, shape, { attributes })];
};

/** Its own inverse. */
const reverseSequence: GradientRule = (input) =>
  transposedBy(input, {
    batch_axis: intOf(input.node, 'batch_axis', 1),
    time_axis: intOf(input.node, 'time_axis', 0),
  });

/** By op type. */
export const INDEXING: Readonly<Record<string, GradientRule>> = {
  Gather: gather,
  GatherElements: gatherElements,
  ScatterElements: scatterElements,
  GatherND: gatherNd,
  ScatterND: scatterNd,
  TopK: topK,
  ReverseSequence: reverseSequence,
};
