/** LSTM, GRU and RNN: features that go in can go; what the gates are made of stays. */
import { labelOf } from '../trace.ts';
import { weightOf } from './root-of.ts';
import type { ChannelRule } from './rule.ts';

export const recurrent: ChannelRule = (node, trace) => {
  const [data = '', weights = '', ...others] = node.inputs;
  const [steps, batch, features] = trace.axesOf(data) ?? [];
  const [directions, gates, ins] = trace.axesOf(weights) ?? [];
  const reason = `${labelOf(node)} has them in its state`;
  for (const labels of [steps, batch, directions, gates]) trace.keep(labels, reason);
  // What it makes is told, though it stays.
  const state = trace.axesOf(others[0] ?? '')?.[2];
  trace.makes(node, state);
  for (const name of others) if (name !== '') trace.freeze(name, reason);
  const labels = trace.join([features, ins], `${labelOf(node)} reads features that have to stay`);
  if (labels)
    trace.contractions.push({ node, input: 0, axis: 2, labels, ...weightOf(weights, ins, trace) });
  return undefined;
};
