/**
 * Channels of one value brought to like sizes, before they share one scale: large ones are divided, and the
 * weights that read them multiplied, half of the way each (SmoothQuant, Xiao et al., 2022; for Convs
 * cross-layer equalization, Nagel et al., 2019). Factors are powers of two, so that the float model computes
 * what it did before, to the bit.
 */
import type { GraphEditor } from '../../../../onnx/graph-editor.ts';
import { bytesOf, computedTensor } from '../../../../onnx/make-tensor.ts';
import type { Model } from '../../../../onnx/model.ts';
import type { StoredTensor } from '../../../../onnx/stored-tensor.ts';
import { floatValues } from '../../../../onnx/tensor-data.ts';
import type { EqualizedValue } from '../int8-plan.ts';
import { editScopes, keyOf } from '../scopes.ts';
import type { WeightedNode } from '../weighted-nodes.ts';
import { findWeightedNodes } from '../weighted-nodes.ts';
import { findLinks } from './find-links.ts';

/** Powers of two beyond ± this are not worth the risk of denormal numbers. */
const MOST = 8;

/** The exponents of one link: channel c is divided by 2 ** exponents[c]. */
export function exponentsOf(peaks: ArrayLike<number>, readers: readonly WeightedNode[]): Int8Array {
  const weights = new Float64Array(peaks.length);
  for (const reader of readers) {
    const values = floatValues(reader.weight);
    const channelOf = columnOf(reader);
    for (let i = 0; i < values.length; i++) {
      const channel = channelOf(i);
      weights[channel] = Math.max(weights[channel] ?? 0, Math.abs(values[i] ?? 0));
    }
  }
  const logs = Array.from(weights, (weight, channel) => {
    const ratio = (peaks[channel] ?? 0) / weight;
    return ratio > 0 && Number.isFinite(ratio) ? Math.log2(ratio) / 2 : undefined;
  });
  const known = logs.filter((log) => log !== undefined);
  const mean = known.reduce((sum, log) => sum + log, 0) / Math.max(1, known.length);
  return Int8Array.from(logs, (log) =>
    log === undefined ? 0 : Math.max(-MOST, Math.min(MOST, Math.round(log - mean))),
  );
}

/** The model with the channels of these values scaled. */
export function equalizeChannels(model: Model, values: readonly EqualizedValue[]): Model {
  if (values.length === 0) return model;
  const links = findLinks(model);
  const exponents = new Map(values.map((value) => [keyOf(value), value.exponents]));
  const weighted = new Map(
    findWeightedNodes(model).weighted.map((node) => [keyOf(node.ref), node]),
  );
  return editScopes(model, (graph, scope) => {
    for (const link of links) {
      const powers = exponents.get(keyOf({ scope: link.scope, name: link.value }));
      if (link.scope !== scope || !powers?.some((power) => power !== 0)) continue;
      const writer = weighted.get(keyOf({ scope, name: link.writer }));
      // A LayerNormalization has a scale and a shift for each channel.
      const divided = writer ? rowOf(writer) : (element: number) => element;
      scaleInput(graph, link.writer, 1, (element) => -(powers[divided(element)] ?? 0));
      scaleInput(graph, link.writer, 2, (channel) => -(powers[channel] ?? 0));
      for (const reader of link.readers) {
        const multiplied = columnOf(reader);
        scaleInput(graph, reader.ref.name, 1, (element) => powers[multiplied(element)] ?? 0);
      }
    }
  });
}

/** Multiplies each element of the node's weights by a power of two; other nodes keep theirs. */
function scaleInput(
  graph: GraphEditor,
  output: string,
  index: number,
  powerOf: (element: number) => number,
): void {
  const node = graph.producer(output);
  const name = node?.inputs[index] ?? '';
  const tensor = graph.constant(name);
  if (!node || !tensor) return;
  const isOwn =
    graph.initializers.has(name) && !graph.isInput(name) && graph.uses(name).length === 1;
  const made = scaled(isOwn ? name : graph.freshName(name), tensor, powerOf);
  if (isOwn) {
    graph.setInitializer(name, made);
    return;
  }
  graph.addInitializer(made);
  const inputs = node.inputs.map((input, place) => (place === index ? made.name : input));
  graph.update(node, { inputs });
}

function scaled(
  name: string,
  tensor: StoredTensor,
  powerOf: (element: number) => number,
): StoredTensor {
  return computedTensor(name, 'float32', tensor.dims, () => {
    const values = floatValues(tensor).slice();
    for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) * 2 ** powerOf(i);
    return bytesOf(values);
  });
}

/** The output channel that an element of the weight tensor belongs to. */
export function rowOf({ axis, rows, columns }: WeightedNode): (element: number) => number {
  return axis === 0 ? (element) => Math.floor(element / columns) : (element) => element % rows;
}

/** The input channel that an element of the weight tensor multiplies. */
export function columnOf(node: WeightedNode): (element: number) => number {
  const { op, axis, rows, columns, groups, weight } = node;
  if (op !== 'Conv')
    return axis === 0 ? (element) => element % columns : (element) => Math.floor(element / rows);
  const channels = weight.dims[1] ?? 1;
  const kernel = columns / channels;
  const perGroup = rows / groups;
  return (element) => {
    const group = Math.floor(Math.floor(element / columns) / perGroup);
    return group * channels + (Math.floor(element / kernel) % channels);
  };
}
