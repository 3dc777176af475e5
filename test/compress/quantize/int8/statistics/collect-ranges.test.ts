import { describe, expect, it } from 'vitest';
import type { Hardware } from '../../../../../shared/base/hardware.ts';
import { createRandom, shuffled } from '../../../../../shared/base/random.ts';
import type { NamedTensors } from '../../../../../shared/base/tensor.ts';
import { INT8_POLICIES } from '../../../../../shared/compress/quantize/int8/int8-policy.ts';
import {
  ELEMENTWISE_GROUPS,
  type ElementwiseGroup,
} from '../../../../../shared/compress/quantize/int8/node-groups.ts';
import { keyOf } from '../../../../../shared/compress/quantize/int8/scopes.ts';
import {
  candidateValues,
  collectRanges,
} from '../../../../../shared/compress/quantize/int8/statistics/collect-ranges.ts';
import { outputsOf } from '../../../../passes/_agree.ts';
import { NETWORK } from '../_network.ts';
import { modelOf, planOf } from '../_plan.ts';
import { tensorOf } from '../_samples.ts';
import { integers, withOutputs } from './_columns.ts';

describe('candidateValues', () => {
  const IN_BRANCHES =
    modelOf(`g (bool flag, float[2,2] x) => (float[2,2] y) <float[2,2] w = {1,-0.5,0.25,0.125}> {
    y = If (flag) <
      then_branch = t () => (float[2,2] one) { p = Neg (x) one = MatMul (p, w) },
      else_branch = e () => (float[2,2] two) { two = MatMul (x, w) }
    >
  }`);
  const groups = Object.keys(ELEMENTWISE_GROUPS) as ElementwiseGroup[];

  it.each(Object.keys(INT8_POLICIES) as Hardware[])(
    'hold the values of all plans for %s',
    (hardware) => {
      for (const model of [NETWORK, IN_BRANCHES]) {
        const candidates = new Set(candidateValues(model, hardware).map(keyOf));
        const planned = (...some: ElementwiseGroup[]) =>
          planOf(model, { hardware, groups: some }).values.map(keyOf);
        expect(new Set(planned(...groups))).toEqual(candidates);
        for (const group of groups) {
          const own = planned(group);
          expect(own.length).toBeGreaterThan(0);
          expect(own.filter((key) => !candidates.has(key))).toEqual([]);
        }
      }
    },
  );

  it('are named by the graph that reads them', () => {
    expect(candidateValues(IN_BRANCHES, 'x64').map(keyOf)).toEqual([
      'y.then_branch/p',
      'y.else_branch/x',
    ]);
  });
});

describe('collectRanges', () => {
  const CONVS =
    modelOf(`g (float[n,2,h,6] x) => (float[n,2,k,l] z) <float[2,2,1,3] w = {1,-2,3,-1,2,-2,3,0,1,1,-3,2}> {
    a = Conv (x, w)
    b = Relu (a)
    c = Neg (b)
    z = MaxPool <kernel_shape = [1, 2]> (c)
  }`);
  const NAMES = ['x', 'a', 'b', 'c', 'z'];
  const REFS = NAMES.map((name) => ({ scope: '', name }));
  const SAMPLES = Array.from({ length: 7 }, (_, index) => ({
    x: integers([1 + (index % 2), 2, 3 + index, 6], 100 + index),
  }));

  it('gives the extremes of each value over samples of many shapes', async () => {
    // Integers: exact, however onnxruntime fuses.
    const seen = await outputsOf(withOutputs(CONVS, NAMES), SAMPLES);
    const extremes = NAMES.map((name) => {
      const values = seen.flatMap((outputs) => Array.from(outputs[name] ?? []));
      // + 0: −0 is 0.
      return [name, { min: Math.min(...values) + 0, max: Math.max(...values) + 0 }] as const;
    });
    const found = await collectRanges(CONVS, REFS, SAMPLES);
    expect(
      new Map([...found].map(([key, { min, max }]) => [key, { min: min + 0, max: max + 0 }])),
    ).toEqual(new Map(extremes));
  });

  it('does not depend on the order of the samples', async () => {
    const order = shuffled(SAMPLES, createRandom(3));
    expect(order).not.toEqual(SAMPLES);
    expect(await collectRanges(CONVS, REFS, order)).toEqual(
      await collectRanges(CONVS, REFS, SAMPLES),
    );
  });

  it('has no range for a value of a branch that no sample took', async () => {
    const model = modelOf(`g (bool flag, float[2] x) => (float[2] y) {
      y = If (flag) <
        then_branch = t () => (float[2] one) { one = Neg (x) },
        else_branch = e () => (float[2] two) { two = Add (x, x) }
      >
    }`);
    const refs = [
      { scope: 'y.then_branch/', name: 'one' },
      { scope: 'y.else_branch/', name: 'two' },
    ];
    const sample = (flag: number, ...values: number[]): NamedTensors => ({
      flag: { type: 'bool', dims: [], data: Uint8Array.of(flag) },
      x: tensorOf([2], values),
    });
    const [one, two] = [sample(1, 3, -1), sample(0, 2, 5)];
    expect(await collectRanges(model, refs, [one])).toEqual(
      new Map([['y.then_branch/one', { min: -3, max: 1 }]]),
    );
    expect(await collectRanges(model, refs, [two, one])).toEqual(
      new Map([
        ['y.then_branch/one', { min: -3, max: 1 }],
        ['y.else_branch/two', { min: 4, max: 10 }],
      ]),
    );
  });

  it('is empty without samples, without values, and for values that cannot be led out', async () => {
    const scan = modelOf(`g (float[3,2] x) => (float[3,2] y) {
      y = Scan <num_scan_inputs = 1, body = b (float[2] row) => (float[2] o) { o = Neg (row) }> (x)
    }`);
    const inside = [{ scope: 'y.body/', name: 'o' }];
    expect(await collectRanges(CONVS, REFS, [])).toEqual(new Map());
    expect(await collectRanges(CONVS, [], SAMPLES)).toEqual(new Map());
    expect(await collectRanges(scan, inside, [{ x: integers([3, 2], 1) }])).toEqual(new Map());
  });

  it('has no range for a value that was never a number, nor of no elements', async () => {
    const neg = modelOf('g (float[n] x) => (float[n] y) { y = Neg (x) }');
    const refs = [{ scope: '', name: 'y' }];
    const nan = { x: tensorOf([1], [Number.NaN]) };
    const none = { x: tensorOf([0], []) };
    expect(await collectRanges(neg, refs, [nan])).toEqual(new Map());
    expect(await collectRanges(neg, refs, [none])).toEqual(new Map());
    const infinite = { x: tensorOf([2], [Number.POSITIVE_INFINITY, 1]) };
    expect(await collectRanges(neg, refs, [infinite])).toEqual(new Map());
    for (const samples of [
      [nan, { x: tensorOf([1], [3]) }],
      [{ x: tensorOf([1], [3]) }, nan],
    ])
      expect(await collectRanges(neg, refs, samples)).toEqual(
        new Map([['y', { min: -3, max: -3 }]]),
      );
    expect(await collectRanges(neg, refs, [none, { x: tensorOf([2], [1, -4]) }])).toEqual(
      new Map([['y', { min: -1, max: 4 }]]),
    );
  });
});
