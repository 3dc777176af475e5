import { describe, expect, it } from 'vitest';
import {
  gateBias,
  gateWeights,
} from '../../../../../shared/formats/tf/control-flow/rnn/gate-weights.ts';
import { builder } from '../_graph.ts';

describe('weights of gates', () => {
  // Two inputs, three gates of one unit.
  const rows = [1, 2, 3, 4, 5, 6];

  it('are put in order, a row for each unit', () => {
    const b = builder();
    const weights = gateWeights(b, b.numbers(rows, 'float32', [2, 3]), [0, 2, 1]);
    expect(weights.shape).toEqual([1, 3, 2]);
    expect(weights.known).toEqual([1, 4, 3, 6, 2, 5]);
  });

  it('are moved when they are written, not before', () => {
    const b = builder();
    const weights = gateWeights(b, b.numbers(rows, 'float32', [2, 3]), [0, 1, 2]);
    expect(weights.constant?.storage.kind).toBe('computed');
  });

  it('that are computed are moved by nodes', () => {
    const b = builder();
    const weights = gateWeights(b, b.input('w', 'float32', [2, 8]), [0, 3, 1, 2]);
    expect(weights.shape).toEqual([1, 8, 2]);
    expect(weights.constant).toBeUndefined();
  });

  it('have biases in the same order', () => {
    const b = builder();
    const bias = b.input('b', 'float32', [3]);
    expect(gateBias(b, bias, [0, 1, 2])).toBe(bias);
    expect(gateBias(b, bias, [2, 0, 1]).shape).toEqual([3]);
  });
});
