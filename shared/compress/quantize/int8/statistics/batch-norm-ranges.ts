/**
 * Ranges that a model carries in itself: BatchNormalization gives each channel the mean β and the standard
 * deviation |γ| over the data that it was trained on (Ioffe & Szegedy, 2015). Without data they say what
 * made-up inputs cannot: how large values are on real ones (Nagel et al., 2019).
 */
import type { GraphEditor } from '../../../../onnx/graph-editor.ts';
import type { Model } from '../../../../onnx/model.ts';
import { floatValues } from '../../../../onnx/tensor-data.ts';
import { flatBounds } from '../flat-bounds.ts';
import { clampOf } from '../node-groups.ts';
import type { Range } from '../numbers/range.ts';
import { keyOf, scopesOf, type ValueRef } from '../scopes.ts';

/** Of normal values one in 16,000 lies beyond. */
const DEVIATIONS = 4;

/** The range of a value, in graphs where `unless` is not given by any node. */
export interface CarriedRange extends Range {
  readonly unless?: string;
}

/**
 * Over all channels of every BatchNormalization's output, by {@link keyOf}, for a model as it came. What a node
 * is folded into gives the same under its own name, which stands for it where the node is gone.
 */
export function batchNormRanges(source: Model): ReadonlyMap<string, CarriedRange> {
  const ranges = new Map<string, CarriedRange>();
  for (const { key: scope, graph } of scopesOf(source)) {
    for (const { opType, inputs, outputs } of graph.nodes()) {
      const [scale, shift] = inputs.slice(1, 3).map((name) => graph.constant(name));
      const [name = ''] = outputs;
      if (opType !== 'BatchNormalization' || scale?.type !== 'float32' || shift?.type !== 'float32')
        continue;
      const deviations = floatValues(scale).map((value) => DEVIATIONS * Math.abs(value));
      const means = [...floatValues(shift)];
      const min = Math.min(...means.map((mean, channel) => mean - (deviations[channel] ?? 0)));
      const max = Math.max(...means.map((mean, channel) => mean + (deviations[channel] ?? 0)));
      if (!Number.isFinite(min) || !Number.isFinite(max)) continue;
      ranges.set(keyOf({ scope, name }), { min, max });
      const [input = ''] = inputs;
      if (graph.producer(input) && graph.onlyConsumer(input))
        ranges.set(keyOf({ scope, name: input }), { min, max, unless: name });
    }
  }
  return ranges;
}

/** Of those values that are a BatchNormalization's output, or come from one through clamps. */
export function carriedRanges(
  model: Model,
  values: readonly ValueRef[],
  known: ReadonlyMap<string, CarriedRange>,
): ReadonlyMap<string, Range> {
  if (known.size === 0) return new Map();
  const scopes = new Map(scopesOf(model).map(({ key, graph }) => [key, graph]));
  return new Map(
    values.flatMap((ref): [string, Range][] => {
      const graph = scopes.get(ref.scope);
      const range = graph && carried(graph, ref, known);
      return range ? [[keyOf(ref), range]] : [];
    }),
  );
}

function carried(
  graph: GraphEditor,
  { scope, name: value }: ValueRef,
  known: ReadonlyMap<string, CarriedRange>,
): Range | undefined {
  let { min, max } = flatBounds(graph, value);
  for (let name = value; ; ) {
    const range = known.get(keyOf({ scope, name }));
    if (range && (range.unless === undefined || !graph.producer(range.unless))) {
      const clamped = (bound: number): number => Math.min(max, Math.max(min, bound));
      return { min: clamped(range.min), max: clamped(range.max) };
    }
    const node = graph.producer(name);
    const clamp =
      node?.opType === 'Relu' || node?.opType === 'Clip' ? clampOf(graph, node) : undefined;
    if (!node || !clamp) return undefined;
    min = Math.max(min, clamp.min);
    max = Math.min(max, clamp.max);
    [name = ''] = node.inputs;
  }
}
