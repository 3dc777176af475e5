/**
 * How much each channel matters within its group. With samples: the share that it has in what is summed over it,
 * activation² · weight² (the output that is lost when it is zero, if channels are independent; Wanda, Sun et al.,
 * 2023, by channel), averaged over all that reads it. Without: the norm of all its weights (Li et al., 2017),
 * times the scale that BatchNormalization gives it (Liu et al., 2017).
 */
import { product } from '../../../base/product.ts';
import type { Model } from '../../../onnx/model.ts';
import { floatValues } from '../../../onnx/tensor-data.ts';
import { isFloat } from '../../../rewrite/constants.ts';
import { type Squares, squareKey } from './activation-squares.ts';
import { type Group, membersOf } from './find-groups.ts';
import type { Contraction, Trace } from './trace.ts';

/** By group, of each unit; 1 on average within the group. */
export function scoreUnits(
  model: Model,
  trace: Trace,
  groups: readonly Group[],
  squares: Squares | undefined,
): readonly (readonly number[])[] {
  const norms = new Norms(trace);
  const byWeights = weightScores(model, trace, norms);
  const byData = squares ? dataScores(trace, norms, squares) : undefined;
  return groups.map(({ units }) =>
    normalized(units.map(({ channel }) => byData?.get(channel) ?? byWeights.get(channel) ?? 0)),
  );
}

/** Mean shares of what is summed, by channel. */
function dataScores(trace: Trace, norms: Norms, squares: Squares): ReadonlyMap<number, number> {
  const shares = new Map<number, number[]>();
  for (const contraction of trace.contractions) {
    const activations = squares.get(squareKey(contraction));
    if (!activations || !contraction.weight) continue;
    for (const [channel, share] of sharesOf(trace, contraction, norms, activations))
      (shares.get(channel) ?? setIn(shares, channel)).push(share);
  }
  return new Map([...shares].map(([channel, list]) => [channel, mean(list)]));
}

function setIn(lists: Map<number, number[]>, key: number): number[] {
  const list: number[] = [];
  lists.set(key, list);
  return list;
}

/** 1 for the average channel of the sum. */
function sharesOf(
  { channels }: Trace,
  { labels, weight }: Contraction,
  norms: Norms,
  activations: Float64Array,
): ReadonlyMap<number, number> {
  // Of a grouped convolution the weights have the channels of one group.
  const rows = weight ? norms.of(weight.name, weight.axis) : [1];
  const shares = new Map<number, number>();
  labels.forEach((label, at) => {
    const channel = channels.find(label);
    const share = (activations[at] ?? 0) * (rows[at % rows.length] ?? 0);
    shares.set(channel, (shares.get(channel) ?? 0) + share);
  });
  const average = mean([...shares.values()]);
  return new Map(
    [...shares].map(([channel, share]) => [channel, average > 0 ? share / average : 1]),
  );
}

function weightScores(model: Model, trace: Trace, norms: Norms): ReadonlyMap<number, number> {
  const scales = new Set(
    model.graph.nodes.flatMap(({ opType, inputs }) =>
      opType === 'BatchNormalization' ? [inputs[1] ?? ''] : [],
    ),
  );
  const scores = new Map<number, number>();
  for (const [channel, members] of membersOf(trace)) {
    const sizes: number[] = [];
    const factors: number[] = [];
    for (const { tensor, axis, positions } of members) {
      const squares = norms.of(tensor, axis);
      const average = mean(squares);
      const own = mean(positions.map((at) => squares[at] ?? 0));
      const share = average > 0 ? own / average : 1;
      if (scales.has(tensor)) factors.push(share);
      else if ((trace.constants.get(tensor)?.length ?? 0) > 1) sizes.push(share);
    }
    scores.set(channel, mean(sizes) * (factors.length > 0 ? mean(factors) : 1));
  }
  return scores;
}

/** Sums of squares along axes of constants, each computed once. */
class Norms {
  readonly #trace: Trace;
  readonly #known = new Map<string, Float64Array>();

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** At each position of the axis; ones for what is not of real numbers. */
  of(name: string, axis: number): Float64Array {
    const key = `${axis} ${name}`;
    const known = this.#known.get(key);
    if (known) return known;
    const made = this.#compute(name, axis);
    this.#known.set(key, made);
    return made;
  }

  #compute(name: string, axis: number): Float64Array {
    const tensor = this.#trace.context.constant(name);
    const size = tensor?.dims[axis] ?? 1;
    const sums = new Float64Array(size);
    if (!tensor || !isFloat(tensor.type)) return sums.fill(1);
    const inner = product(tensor.dims.slice(axis + 1));
    const values = floatValues(tensor);
    for (let at = 0; at < values.length; at++) {
      const position = Math.floor(at / inner) % size;
      sums[position] = (sums[position] as number) + (values[at] as number) ** 2;
    }
    return sums;
  }
}

/** Four digits: more say nothing, and a plan is read by people. */
function normalized(scores: readonly number[]): readonly number[] {
  const average = mean(scores);
  return scores.map((score) => Number((average > 0 ? score / average : 1).toPrecision(4)));
}

const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at] as number;
  return values.length === 0 ? 0 : sum / values.length;
};
