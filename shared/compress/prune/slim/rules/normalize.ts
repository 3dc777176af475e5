/** Normalizations: by channel they lose channels like any other; across channels they would give other numbers. */
import { intOf } from '../../../../onnx/attributes.ts';
import { labelOf } from '../trace.ts';
import { backAxis } from './axes.ts';
import type { ChannelRule } from './rule.ts';

/** BatchNormalization and InstanceNormalization: each channel by itself, with its own parameters. */
export const byChannel: ChannelRule = (node, trace) => {
  const [data = '', ...parameters] = node.inputs;
  const axes = trace.axesOf(data);
  if (!axes) return 'the rank of what it reads is not known';
  const labels = trace.join(
    [axes[1], ...parameters.map((name) => trace.axesOf(name)?.[0])],
    `${labelOf(node)} has parameters that have to stay`,
  );
  trace.give(node.outputs[0], axes.with(1, labels));
  return undefined;
};

/**
 * LayerNormalization: without some channels, mean and variance are those of the others, which no network with
 * zeros in their place would give.
 */
export const layerNormalization: ChannelRule = (node, trace) => {
  const [data = '', ...parameters] = node.inputs;
  const axes = trace.axesOf(data);
  if (!axes) return 'the rank of what it reads is not known';
  const from = backAxis(intOf(node, 'axis', -1), axes.length);
  const reason = `${labelOf(node)} takes its mean over them`;
  for (const labels of axes.slice(from)) trace.keep(labels, reason);
  for (const name of parameters) trace.freeze(name, reason);
  trace.give(node.outputs[0], axes);
  return undefined;
};
