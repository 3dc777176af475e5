/** Pools: where the largest was, or an equal share for every element that was seen. */
import { intOf, intsOf } from '../../../onnx/attributes.ts';
import type { Shape } from '../../emitter.ts';
import { countOf } from '../../emitter.ts';
import { type GradientRule, gradientOf, inputOf, type RuleInput, shapeOfInput } from '../rule.ts';
import { leftOver, type Window, windowAttributes, windowOf } from './window.ts';

const kernelOf = ({ node }: RuleInput): readonly number[] => intsOf(node, 'kernel_shape') ?? [];

/** The gradient goes to the places that MaxPool says; of overlapping windows one place may get several. */
const maxPool: GradientRule = (input) => {
  const { back, node } = input;
  const shape = shapeOfInput(input, 0);
  const gradient = gradientOf(input);
  const kernel = kernelOf(input);
  const strides = intsOf(node, 'strides') ?? kernel.map(() => 1);
  const dilations = intsOf(node, 'dilations') ?? kernel.map(() => 1);
  const seenSizes = back.shapeOf(gradient).slice(2);
  // MaxUnpool takes windows that are apart and end inside.
  const isApart = kernel.every((size, axis) => {
    const [stride = 1, dilation = 1, count = 1] = [strides[axis], dilations[axis], seenSizes[axis]];
    const end = (count - 1) * stride + size;
    return stride >= size && dilation === 1 && end <= (shape[axis + 2] ?? 0);
  });
  const places = placesOf(input);
  if (isApart && shape.length === 4)
    return [
      back.emit('MaxUnpool', [gradient, places, back.ints(shape)], shape, {
        attributes: { kernel_shape: kernel, strides },
      }),
    ];
  const [count, seen] = [countOf(shape), countOf(back.shapeOf(gradient))];
  const flat = back.emit('Reshape', [places, back.ints([seen])], [seen]);
  const zeros = back.expand(back.scalar(0), [count]);
  const sum = back.emit('ScatterElements', [zeros, flat, back.reshape(gradient, [seen])], [count], {
    attributes: { axis: 0, reduction: 'add' },
  });
  return [back.reshape(sum, shape)];
};

/** Where the largest elements were, counted along the last axis first: a pool that counts otherwise is asked again. */
function placesOf({ back, node }: RuleInput): string {
  if (intOf(node, 'storage_order', 0) === 0) return back.alsoOutput(node, 1);
  const attributes = { ...Object.fromEntries(node.attributes), storage_order: 0 };
  const shape = back.shapeOf(node.outputs[0] ?? '');
  const [, places = ''] = back.emitAll('MaxPool', node.inputs, [shape, shape], { attributes });
  return places;
}

/** Each element of a window gets the gradient over the count of elements that were averaged. */
const averagePool: GradientRule = (input) => {
  const { back, node } = input;
  const shape = shapeOfInput(input, 0);
  const [, channels = 1, ...sizes] = shape;
  const gradient = gradientOf(input);
  const places = back.shapeOf(gradient).slice(2);
  const plain = windowOf(node, kernelOf(input), sizes, places);
  const shares = back.floats(
    [1, 1, ...places],
    inverseCounts(plain, sizes, places, intOf(node, 'count_include_pad', 0) === 1),
  );
  const shared = back.emit('Mul', [gradient, shares], back.shapeOf(gradient));
  const window = reaching(plain, sizes, places);
  const ones = back.expand(back.scalar(1), [channels, 1, ...window.kernel]);
  const attributes = {
    ...windowAttributes(window),
    group: channels,
    output_padding: leftOver(window, sizes, places),
  };
  return [back.emit('ConvTranspose', [shared, ones], shape, { attributes })];
};

/** With `ceil_mode` the last window reaches beyond the padded input: as if the padding were wider. */
function reaching(window: Window, sizes: Shape, places: Shape): Window {
  const beyond = leftOver(window, sizes, places).map((rest) => Math.max(0, -rest));
  return { ...window, after: window.after.map((pad, axis) => pad + (beyond[axis] ?? 0)) };
}

/** 1 / count of the elements in each window, in the order of the output's places. */
function inverseCounts(
  { kernel, strides, dilations, before, after }: Window,
  sizes: Shape,
  places: Shape,
  countsPads: boolean,
): Float32Array {
  const along = places.map((count, axis) => {
    const [size = 0, pad = 0, end = 0] = [sizes[axis], before[axis], after[axis]];
    const [low, high] = countsPads ? [-pad, size + end] : [0, size];
    return Array.from({ length: count }, (_, place) => {
      const start = place * (strides[axis] ?? 1) - pad;
      let seen = 0;
      for (let k = 0; k < (kernel[axis] ?? 1); k++) {
        const at = start + k * (dilations[axis] ?? 1);
        if (at >= low && at < high) seen++;
      }
      return seen;
    });
  });
  const counts = along.reduce<number[]>(
    (all, own) => all.flatMap((left) => own.map((right) => left * right)),
    [1],
  );
  return Float32Array.from(counts, (count) => 1 / Math.max(1, count));
}

const globalAverage: GradientRule = (input) => {
  const { back } = input;
  const shape = shapeOfInput(input, 0);
  const gradient = gradientOf(input);
  const share = back.scalar(1 / countOf(shape.slice(2)));
  const shared = back.emit('Mul', [gradient, share], back.shapeOf(gradient));
  return [back.expand(shared, shape)];
};

/** Of equal largest elements each gets its share. */
const globalMax: GradientRule = (input) => {
  const { back, node } = input;
  const shape = shapeOfInput(input, 0);
  const isOne = back.emit('Equal', [inputOf(input, 0), node.outputs[0] ?? ''], shape);
  const ones = back.emit('Cast', [isOne], shape, { attributes: { to: 1 } });
  const axes = shape.slice(2).map((_, axis) => axis + 2);
  const share = back.emit('Div', [ones, back.sum(ones, axes)], shape);
  return [back.emit('Mul', [gradientOf(input), share], shape)];
};

/** By op type. */
export const POOLS: Readonly<Record<string, GradientRule>> = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalAverage,
  GlobalMaxPool: globalMax,
};
