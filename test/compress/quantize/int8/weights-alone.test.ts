import { describe, expect, it } from 'vitest';
import {
  applyWeightsAlone,
  planWeightsAlone,
} from '../../../../shared/compress/quantize/int8/weights-alone.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import { verifyModel } from '../../../../shared/onnx/verify.ts';
import { outputsOf } from '../../../passes/_agree.ts';
import { float32, modelOf, normals, relativeError, weight } from '../_numeric.ts';
import { tensorOf } from './_samples.ts';

const HIDDEN = 16;
const LSTM = modelOf(
  [
    makeNode('LSTM', ['x', 'w', 'r'], ['sequence', 'state'], { hidden_size: HIDDEN }),
    makeNode('Squeeze', ['state'], ['h']),
    makeNode('MatMul', ['h', 'one'], ['t']),
    makeNode('MatMul', ['t', 'two'], ['y']),
  ],
  [float32('x', [5, 2, 32])],
  [float32('y', [2, 32])],
  [
    weight('w', [1, 4 * HIDDEN, 32]),
    weight('r', [1, 4 * HIDDEN, HIDDEN]),
    weight('one', [HIDDEN, 64]),
    weight('two', [64, 32]),
  ],
);

describe('planWeightsAlone', () => {
  it('plans recurrent nodes, and those that no sample reached', () => {
    const forms = (variant: 'int8-dynamic' | 'int8-weights', ...unreached: string[]) =>
      planWeightsAlone(LSTM, 'x64', variant, new Set(unreached)).map(({ name, form }) => [
        name,
        form,
      ]);
    expect(forms('int8-dynamic')).toEqual([['sequence', 'dynamic-lstm']]);
    expect(forms('int8-weights')).toEqual([['sequence', 'folded']]);
    expect(forms('int8-dynamic', 't')).toEqual([
      ['sequence', 'dynamic-lstm'],
      ['t', 'dynamic'],
    ]);
    expect(forms('int8-weights', 't', 'y', 'other').map(([name]) => name)).toEqual([
      'sequence',
      't',
      'y',
    ]);
  });

  it('raises no opset: applying the plan leaves the one there is', () => {
    const old = { ...LSTM, opsets: new Map([['', 13]]) };
    for (const variant of ['int8-dynamic', 'int8-weights'] as const) {
      const plan = planWeightsAlone(old, 'x64', variant, new Set(['t', 'y']));
      expect(plan.length).toBe(3);
      expect(applyWeightsAlone(old, 'x64', plan).opsets.get('')).toBe(13);
    }
  });
});

describe('applyWeightsAlone', () => {
  it('gives the model itself for no nodes', () => {
    expect(applyWeightsAlone(LSTM, 'x64', [])).toBe(LSTM);
  });

  it.each(['int8-dynamic', 'int8-weights'] as const)('%s is near the model', async (variant) => {
    const plan = planWeightsAlone(LSTM, 'x64', variant, new Set(['t']));
    const result = applyWeightsAlone(LSTM, 'x64', plan);
    expect(verifyModel(result)).toEqual([]);
    expect(result.graph.initializers.has('two')).toBe(true);
    expect(result.graph.initializers.has('one')).toBe(false);
    const feeds = [{ x: tensorOf([5, 2, 32], normals(5 * 2 * 32, 3)) }];
    const [wanted] = await outputsOf(LSTM, feeds);
    const [got] = await outputsOf(result, feeds, 'all');
    const error = relativeError(got?.y ?? [], wanted?.y ?? []);
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThan(0.05);
  });
});
