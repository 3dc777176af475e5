/** The root mean square of each input channel of the weights, over samples: computed inside the graph. */
import type { NamedTensors } from '../../base/tensor.ts';
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import type { Model, Node } from '../../onnx/model.ts';
import type { SessionOptions } from '../../runtime/session.ts';
import { foldTaps, numbersOf } from '../quantize/int8/statistics/fold-taps.ts';
import { Steps } from '../quantize/int8/statistics/steps.ts';
import type { Tap } from '../quantize/int8/statistics/tap.ts';
import type { ChannelValue, PrunableWeight } from './find-prunable.ts';

/** Plans are read by people: more digits decide nothing. */
const DIGITS = 6;

/**
 * The norms of each weight, in the order given, over all nodes that read it. Undefined where what it is
 * multiplied with has no one axis of channels, is never computed, or is not finite.
 */
export async function collectInputNorms(
  model: Model,
  weights: readonly PrunableWeight[],
  samples: AsyncIterable<NamedTensors>,
  options: SessionOptions = {},
): Promise<readonly (readonly number[] | undefined)[]> {
  const taps = weights.flatMap(({ uses }) =>
    uses.flatMap(({ input }) => (input ? squaresTap(input) : [])),
  );
  const results = await foldTaps(model, taps, samples, options);
  let next = 0;
  return weights.map(({ uses, layout }) => {
    const sums = uses.map(({ input }) => (input ? numbersOf(results[next++]) : undefined));
    const isOneLayout = uses.every(
      (use) => use.layout.axis === layout.axis && use.layout.groups === layout.groups,
    );
    return isOneLayout && sums.every((sum) => sum !== undefined) ? normsOf(sums) : undefined;
  });
}

/** Sums of squares by channel, and last how many elements each channel had. */
function squaresTap(value: ChannelValue): Tap {
  return {
    ref: value.ref,
    fold: 'sum',
    dims: [value.channels + 1],
    build: (graph, input) => buildSquares(graph, input, value),
  };
}

function buildSquares(
  graph: GraphEditor,
  input: string,
  { channels, place }: ChannelValue,
): readonly Node[] {
  const steps = new Steps(graph);
  // The last axis becomes one of two, so that the rank need not be known.
  const rows =
    place.axis === 'last' ? steps.add('Reshape', [input, steps.ints(-1, channels)]) : input;
  const axes =
    place.axis === 'last'
      ? [0]
      : Array.from({ length: place.rank }, (_, axis) => axis).filter((axis) => axis !== 1);
  const squares = steps.add('ReduceSum', [steps.add('Mul', [rows, rows]), steps.ints(...axes)], {
    keepdims: { type: 'int', value: 0 },
  });
  const size = steps.add('Reshape', [steps.add('Size', [rows]), steps.ints(1)]);
  const count = steps.toFloat(steps.add('Div', [size, steps.ints(channels)]));
  steps.add('Concat', [squares, count], { axis: { type: 'int', value: 0 } });
  return steps.nodes;
}

function normsOf(sums: readonly Float64Array[]): readonly number[] | undefined {
  const [first] = sums;
  if (!first) return undefined;
  const total = first.map((_, at) => sums.reduce((sum, part) => sum + (part[at] as number), 0));
  const count = total.at(-1) ?? 0;
  const norms = [...total.subarray(0, -1)].map((sum) =>
    Number(Math.sqrt(sum / count).toPrecision(DIGITS)),
  );
  return count > 0 && norms.every(Number.isFinite) ? norms : undefined;
}
