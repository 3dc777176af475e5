import { describe, expect, it } from 'vitest';
import { applySlimming } from '../../../../shared/compress/prune/slim/apply-slimming.ts';
import {
  SLIM_PLAN_SCHEMA,
  type SlimPlan,
} from '../../../../shared/compress/prune/slim/slim-plan.ts';
import { float32Tensor } from '../../../../shared/onnx/make-tensor.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { elementCount, floatValues } from '../../../../shared/onnx/tensor-data.ts';
import { verifyModel } from '../../../../shared/onnx/verify.ts';
import { feed, firstOutput, relativeError } from '../../quantize/_numeric.ts';
import { NETS, PLAIN } from './_nets.ts';
import { bothOutputs, someOf, traced } from './_removal.ts';

const parameters = ({ graph }: Model): number =>
  [...graph.initializers.values()]
    .filter(({ type }) => type === 'float32')
    .reduce((sum, tensor) => sum + elementCount(tensor), 0);

const planOf = (name: string, count: number, removed: readonly number[]): SlimPlan => ({
  schema: SLIM_PLAN_SCHEMA,
  percent: 50,
  channels: count,
  removed: removed.length,
  samples: 0,
  groups: [
    {
      name,
      makers: [name],
      width: 1,
      least: 2,
      scores: Array(count).fill(1),
      removed,
      sensitivity: [],
    },
  ],
  whole: [],
  before: { parameters: 0, multiplyAdds: null },
  after: { parameters: 0, multiplyAdds: null },
});

describe.each(Object.entries(NETS))('channels of %s', (_, model) => {
  it.each([1, 2])('removed or zero, seed %i', async (seed) => {
    const known = await traced(model);
    const removals = someOf(known, seed);
    const count = removals.reduce((sum, { removed }) => sum + removed.length, 0);
    expect(count).toBeGreaterThan(0);
    const { cut, given, wanted, whole } = await bothOutputs(model, known, removals);
    expect(verifyModel(cut)).toEqual([]);
    expect(parameters(cut)).toBeLessThan(parameters(model));
    expect(relativeError(given, wanted)).toBeLessThan(1e-5);
    // Zeros do change what comes out, or the comparison would say nothing.
    expect(relativeError(wanted, whole)).toBeGreaterThan(1e-4);
  });
});

describe('applySlimming', () => {
  it('is what zeros in the weights that read a channel are', async () => {
    const removed = [1, 4, 6];
    const readers = PLAIN.graph.initializers.get('c');
    const zeroed = floatValues(readers ?? float32Tensor('', [0], [])).map((value, at) =>
      removed.includes(at % 8) ? 0 : value,
    );
    const initializers = new Map(PLAIN.graph.initializers).set(
      'c',
      float32Tensor('c', [4, 8, 1, 1], zeroed),
    );
    const reference = { ...PLAIN, graph: { ...PLAIN.graph, initializers } };
    const slim = await applySlimming(PLAIN, planOf('h', 8, removed));
    const feeds = { x: feed([2, 3, 6, 6]) };
    const [given, wanted] = await Promise.all(
      [slim, reference].map((model) => firstOutput(model, feeds)),
    );
    expect(relativeError(given ?? [], wanted ?? [1])).toBeLessThan(1e-6);
    const dims = [...slim.graph.initializers.values()].map(({ name, dims }) => [name, ...dims]);
    expect(dims).toEqual([
      ['a', 5, 3, 3, 3],
      ['ab', 5],
      ['c', 4, 5, 1, 1],
    ]);
  });

  it('changes nothing where a plan removes nothing', async () => {
    expect(await applySlimming(PLAIN, planOf('h', 8, []))).toBe(PLAIN);
  });

  it('refuses the plan of another model', async () => {
    await expect(applySlimming(PLAIN, planOf('h', 9, [1]))).rejects.toThrow(
      "the plan has 9 channels for 'h', the model 8",
    );
    await expect(applySlimming(PLAIN, planOf('h', 8, [8]))).rejects.toThrow("'h' has no channel 8");
  });
});
