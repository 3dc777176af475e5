import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Int8Draft } from '../../../../shared/compress/quantize/int8/int8-draft.ts';
import type { Int8Plan } from '../../../../shared/compress/quantize/int8/int8-plan.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { printModel } from '../../../../shared/onnx/text.ts';
import { verifyModel } from '../../../../shared/onnx/verify.ts';
import { RuntimeProcess } from '../../../../shared/runtime/runtime-process.ts';
import { body, graph } from '../../../onnx/_build.ts';
import { float32, modelOf, weight } from '../_numeric.ts';
import { contextOf, NETWORK } from './_network.ts';
import { normalSource } from './_samples.ts';

const child = new RuntimeProcess();
afterAll(() => child.close());

/** Measured for a search, unless told otherwise. */
const measure = (model: Model, parts: Parameters<typeof contextOf>[0] = {}) =>
  Int8Draft.measured(model, contextOf({ process: child, seconds: 60, ...parts }));

let draft: Int8Draft;
beforeAll(async () => {
  draft = await measure(NETWORK);
});

const width = ({ values }: Int8Plan, wanted: string): number => {
  const { min = 0, max = 0 } = values.find(({ name }) => name === wanted) ?? {};
  return max - min;
};

describe('Int8Draft.measured', () => {
  it('starts from min-max and the nearest codes, with every group on integers', () => {
    expect(draft.choices).toMatchObject({ method: 'min-max', byOutputError: false });
    expect(draft.choices.groups).toEqual(['residual', 'pool', 'concat']);
    expect(draft.nodes.map(({ ref }) => ref.name)).toEqual(['c1', 'c2', 'c3', 'c4', 't']);
    expect(draft.prepared.size).toBe(0);
    expect(draft.plan().integerOps.map(({ name }) => name)).toEqual(['f', 'p', 's']);
  });

  it('sees the same ranges without a search', async () => {
    const plain = await measure(NETWORK, { seconds: 0 });
    expect(plain.choices).toMatchObject({ method: 'min-max', groups: [], byOutputError: false });
    const searched = draft.with({ groups: [], keep: new Map() }).plan();
    expect(plain.plan()).toEqual(searched);
  });

  it('takes the samples that it is given, and no others', async () => {
    const few = await measure(NETWORK, { calibration: normalSource(2, 'x', [1, 3, 8, 8]) });
    expect(few.plan().calibration.samples).toBe(2);
    expect(draft.plan().calibration.samples).toBe(24);
    expect(width(few.plan(), 'x')).toBeLessThan(width(draft.plan(), 'x'));
  });

  it('plans weights alone of a branch that no sample reached', async () => {
    const branch = (name: string) =>
      graph([makeNode('MatMul', ['x', 'w'], [name])], [], [name], { name });
    const branches = new Map([
      body('then_branch', branch('one')),
      body('else_branch', branch('two')),
    ]);
    const model = modelOf(
      [{ ...makeNode('If', ['flag'], ['y']), attributes: branches }],
      [
        { name: 'flag', type: { kind: 'tensor', elementType: 'bool', shape: [] } },
        float32('x', [2, 64]),
      ],
      [float32('y', [2, 64])],
      [weight('w', [64, 64])],
    );
    const { sample } = normalSource(3, 'x', [2, 64]);
    const calibration = {
      length: 3,
      sample: async (index: number) => ({
        ...(await sample(index)),
        flag: { type: 'bool', dims: [], data: Uint8Array.of(1) } as const,
      }),
    };
    for (const seconds of [0, 60]) {
      const plan = (await measure(model, { calibration, seconds })).plan();
      expect(plan.nodes.map(({ scope, name }) => scope + name)).toEqual(['y.then_branch/one']);
      expect(plan.weightsAlone.map(({ scope, name }) => scope + name)).toEqual([
        'y.else_branch/two',
      ]);
      expect(plan.kept).toEqual([]);
    }
  });

  it('leaves islands in float that are faster so, for that reason', async () => {
    const size = [1, 16, 32, 32];
    const model = modelOf(
      [
        makeNode('Tanh', ['x'], ['a']),
        makeNode('Conv', ['a', 'w'], ['b'], { group: 16 }),
        makeNode('Tanh', ['b'], ['c']),
        makeNode('MatMul', ['c', 'v'], ['y']),
      ],
      [float32('x', size)],
      [float32('y', [1, 16, 32, 128])],
      [weight('w', [16, 1, 1, 1]), weight('v', [32, 128])],
    );
    const found = await measure(model, { calibration: normalSource(2, 'x', size) });
    expect(found.nodes.map(({ ref }) => ref.name)).toEqual(['y']);
    expect(found.plan().kept).toMatchObject([{ name: 'b', reason: /conversions/ }]);
    expect(found.withGroups([]).nodes.map(({ ref }) => ref.name)).toEqual(['y']);
  });
});

describe('choices', () => {
  it('make a new draft and leave the old one', () => {
    const before = JSON.stringify(draft.plan());
    const next = draft.with({ keep: new Map([['c2', { reason: 'asked for', damage: 0.5 }]]) });
    expect(next.nodes.map(({ ref }) => ref.name)).toEqual(['c1', 'c3', 'c4', 't']);
    expect(next.plan().kept).toEqual([
      { scope: '', name: 'c2', op: 'Conv', node: '', reason: 'asked for', damage: 0.5 },
    ]);
    expect(JSON.stringify(draft.plan())).toBe(before);
  });

  it('of a method: clipping ranges are within those of min-max', () => {
    const plans = (['min-max', 'percentile-99.99', 'percentile-99.9', 'mse'] as const).map(
      (method) => draft.with({ method }).plan(),
    );
    expect(plans.map(({ calibration }) => calibration.method)).toEqual([
      'min-max',
      'percentile-99.99',
      'percentile-99.9',
      'mse',
    ]);
    const [all = 0, ...others] = plans.map((plan) => width(plan, 'x'));
    for (const other of others) expect(other).toBeLessThanOrEqual(all);
    expect(Math.min(...others)).toBeLessThan(all);
  });

  it('of groups decide what works on integers', () => {
    const ops = (...groups: ('residual' | 'pool')[]) =>
      draft
        .withGroups(groups)
        .plan()
        .integerOps.map(({ name }) => name);
    expect(ops()).toEqual([]);
    expect(ops('residual')).toEqual(['s']);
    expect(ops('pool')).toEqual(['f', 'p']);
  });

  it('of rounding by output error need moments, and change the weights alone', async () => {
    const rounded = await draft.withMoments();
    expect(rounded.plan()).toEqual(draft.plan());
    expect(rounded.prepared.size).toBe(0);
    const chosen = rounded.with({ byOutputError: true });
    expect([...chosen.prepared.keys()].toSorted()).toEqual(['c1', 'c2', 'c3', 'c4', 't']);
    expect(new Set(chosen.plan().nodes.map(({ rounding }) => rounding))).toEqual(
      new Set(['output-error']),
    );
    expect(chosen.plan().values).toEqual(draft.plan().values);
    expect(printModel(chosen.build())).not.toBe(printModel(draft.build()));
    expect(verifyModel(chosen.build())).toEqual([]);
  });
});

describe('build', () => {
  it('gives the same valid model each time, and leaves the float model', () => {
    const before = printModel(NETWORK);
    expect(printModel(draft.build())).toBe(printModel(draft.build()));
    expect(verifyModel(draft.build())).toEqual([]);
    expect(printModel(NETWORK)).toBe(before);
  });
});

it('comparable: many samples of a small model, some of any', () => {
  expect(draft.comparable).toBeGreaterThanOrEqual(100);
  expect(Number.isInteger(draft.comparable)).toBe(true);
});
