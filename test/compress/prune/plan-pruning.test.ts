import { afterAll, describe, expect, it } from 'vitest';
import { InputError, UnsupportedError } from '../../../shared/base/errors.ts';
import { applyPruning } from '../../../shared/compress/prune/apply-pruning.ts';
import { planPruning } from '../../../shared/compress/prune/plan-pruning.ts';
import type { PrunePlan } from '../../../shared/compress/prune/prune-plan.ts';
import { pruningRounds } from '../../../shared/compress/prune/schedule.ts';
import { makeNode } from '../../../shared/onnx/make-node.ts';
import { float32Tensor } from '../../../shared/onnx/make-tensor.ts';
import { RuntimeProcess } from '../../../shared/runtime/runtime-process.ts';
import { float32, modelOf, normals, weight } from '../quantize/_numeric.ts';
import { normalSource, tensorOf } from '../quantize/int8/_samples.ts';
import { smallNetwork, valuesOf, zerosIn } from './_prunable.ts';

const process = new RuntimeProcess();
afterAll(() => process.close());

const anywhere = (percent: number) => ({ kind: 'anywhere', percent }) as const;
const NAMES = ['first', 'second', 'dense'];
const TOTAL = 32 * 27 + 40 * 32 + 10 * 40;

describe('planPruning', () => {
  it.each([1, 37, 50, 90, 99, 12.34])(
    'prunes %d %% to the element, and no layer whole',
    async (percent) => {
      const plan = await planPruning(smallNetwork(), { pattern: anywhere(percent) });
      expect(plan).toMatchObject({ score: 'magnitude', samples: 0, weights: TOTAL });
      expect(plan.zeros).toBe(Math.round((TOTAL * percent) / 100));
      expect(plan.layers.map(({ name }) => name)).toEqual(NAMES);
      for (const { weights, zeros } of plan.layers) expect(zeros).toBeLessThan(weights);
      expect(plan.kept).toMatchObject([{ name: 'depthwise', op: 'Conv', weights: 288 }]);
    },
  );

  it('global magnitude empties a layer of small weights down to its floor', async () => {
    const plan = await planPruning(smallNetwork(), { pattern: anywhere(60), spread: 'global' });
    const second = plan.layers.find(({ name }) => name === 'second');
    // A tenth of the 40 % of 1,280 that an even pruning would leave.
    expect(second).toMatchObject({ weights: 1280, zeros: 1280 - 52 });
  });

  it('scores by activations where that is asked for', async () => {
    const calibration = normalSource(4, 'x', [1, 3, 8, 8]);
    const asked = { pattern: anywhere(50), calibration, process } as const;
    const plan = await planPruning(smallNetwork(), { ...asked, score: 'activation' });
    expect(plan).toMatchObject({ score: 'activation', samples: 4, zeros: TOTAL / 2 });
    expect(plan.layers.map(({ norms }) => norms?.length)).toEqual([3, 32, 40]);
    // Inputs are normal numbers.
    for (const norm of plan.layers[0]?.norms ?? []) expect(norm).toBeCloseTo(1, 0);
    const other = await planPruning(smallNetwork(), { ...asked, score: 'magnitude' });
    expect(other).toMatchObject({ score: 'magnitude', samples: 0 });
    expect(other.layers.map(({ norms }) => norms)).toEqual([undefined, undefined, undefined]);
  });

  it('tries both scores, and takes the one that changes the outputs less', async () => {
    const calibration = normalSource(4, 'x', [1, 3, 8, 8]);
    const options = { pattern: anywhere(50), calibration, process } as const;
    const { compared = [], ...plan } = await planPruning(smallNetwork(), options);
    expect(compared.map(({ score }) => score)).toEqual(['magnitude', 'activation']);
    const least = Math.min(...compared.map(({ damage }) => damage));
    expect(compared.find(({ damage }) => damage === least)?.score).toBe(plan.score);
    expect(await planPruning(smallNetwork(), { ...options, score: plan.score })).toEqual(plan);
  });

  it('sees that large weights of quiet inputs are worth little', async () => {
    // Half of the inputs are a thousand times smaller, and their weights ten times larger.
    const quiet = (index: number): boolean => index % 2 === 0;
    const values = normals(64 * 16).map((value, at) => (quiet(at >> 4) ? 10 * value : value));
    const model = modelOf(
      [makeNode('MatMul', ['x', 'w'], ['y'])],
      [float32('x', ['n', 64])],
      [float32('y', ['n', 16])],
      [float32Tensor('w', [64, 16], values)],
    );
    const sample = async (index: number) => ({
      x: tensorOf(
        [1, 64],
        normals(64, index).map((value, at) => (quiet(at) ? value / 1000 : value)),
      ),
    });
    const calibration = { length: 8, sample };
    const plan = await planPruning(model, { pattern: anywhere(50), calibration, process });
    expect(plan.score).toBe('activation');
    const pruned = valuesOf(applyPruning(model, plan), 'w');
    const gone = Array.from({ length: 64 }, (_, row) =>
      zerosIn(pruned.subarray(row * 16, row * 16 + 16)),
    );
    const ofQuiet = gone.filter((_, row) => quiet(row)).reduce((sum, count) => sum + count, 0);
    expect(ofQuiet).toBeGreaterThan(480);
  });

  it('keeps zeros of earlier rounds', async () => {
    let model = smallNetwork();
    let before = new Map<string, Float32Array>();
    for (const percent of pruningRounds(95, 4)) {
      const plan: PrunePlan = await planPruning(model, { pattern: anywhere(percent) });
      model = applyPruning(model, plan);
      const after = new Map(NAMES.map((name) => [name, valuesOf(model, name)]));
      expect([...after.values()].reduce((sum, values) => sum + zerosIn(values), 0)).toBe(
        plan.zeros,
      );
      for (const [name, values] of before) {
        const revived = [...values].filter(
          (value, at) => value === 0 && after.get(name)?.[at] !== 0,
        );
        expect(revived).toEqual([]);
      }
      before = after;
    }
  });

  it('counts zeros that are there already, however few are asked for', async () => {
    const pruned = applyPruning(
      smallNetwork(),
      await planPruning(smallNetwork(), { pattern: anywhere(80) }),
    );
    const plan = await planPruning(pruned, { pattern: anywhere(50) });
    expect(plan.zeros).toBe(Math.round(TOTAL * 0.8));
    expect(applyPruning(pruned, plan).graph.initializers.get('dense')).toBeDefined();
    for (const name of NAMES)
      expect(valuesOf(applyPruning(pruned, plan), name)).toEqual(valuesOf(pruned, name));
  });

  it('says what goes with its score', async () => {
    const plan = await planPruning(smallNetwork(), { pattern: anywhere(50) });
    for (const { threshold, meanScore, meanZeroed, zeros, weights } of plan.layers) {
      expect(meanZeroed).toBeLessThan(meanScore);
      expect(threshold).toBeGreaterThan(meanZeroed);
      expect(zeros / weights).toBeGreaterThan(0.2);
    }
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('2:4: two of every four, where the sum is over a multiple of four', async () => {
    const plan = await planPruning(smallNetwork(), { pattern: { kind: '2:4' } });
    expect(plan.layers.map(({ name, axis, zeros }) => [name, axis, zeros])).toEqual([
      ['second', 1, 640],
      ['dense', 1, 200],
    ]);
    expect(plan.kept.map(({ name, reason }) => [name, reason])).toEqual([
      ['depthwise', 'it is depthwise: each channel has one small filter'],
      ['first', 'it sums over 3, no multiple of 4'],
    ]);
  });

  it('refuses what leaves a layer nothing, and a model that has nothing to prune', async () => {
    await expect(planPruning(smallNetwork(), { pattern: anywhere(99.95) })).rejects.toThrow(
      InputError,
    );
    const tiny = modelOf(
      [makeNode('MatMul', ['x', 'w'], ['y'], {}, 'fc')],
      [float32('x', [1, 4])],
      [float32('y', [1, 4])],
      [weight('w', [4, 4])],
    );
    const nothing = planPruning(tiny, { pattern: anywhere(50) });
    await expect(nothing).rejects.toThrow(UnsupportedError);
    await expect(nothing).rejects.toThrow(
      "(of MatMul 'fc') stays, it has 16 weights, too few to prune",
    );
  });

  it('prunes equal and broken weights as well', async () => {
    const values = new Float32Array(1024).fill(0.5);
    values[7] = Number.NaN;
    const model = modelOf(
      [makeNode('MatMul', ['x', 'w'], ['y'])],
      [float32('x', [1, 32])],
      [float32('y', [1, 32])],
      [float32Tensor('w', [32, 32], values)],
    );
    const plan = await planPruning(model, { pattern: anywhere(75) });
    const pruned = valuesOf(applyPruning(model, plan), 'w');
    expect(zerosIn(pruned)).toBe(768);
    expect(pruned[7]).toBeNaN();
    // Of equal ones the first go.
    expect(zerosIn(pruned.subarray(0, 769))).toBe(768);
  });
});
