import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectingLog, silentLog } from '../../../../../shared/base/log.ts';
import type { NamedTensors } from '../../../../../shared/base/tensor.ts';
import type { SampleSource } from '../../../../../shared/compress/quantize/int8/context.ts';
import { Int8Draft } from '../../../../../shared/compress/quantize/int8/int8-draft.ts';
import { RANGE_METHODS } from '../../../../../shared/compress/quantize/int8/numbers/choose-range.ts';
import {
  chooseEqualization,
  chooseGroups,
  chooseRecurrent,
  chooseRounding,
  keepWorst,
  rankDraft,
  shrinkKept,
} from '../../../../../shared/compress/quantize/int8/search/choices.ts';
import { Referee } from '../../../../../shared/compress/quantize/int8/search/referee.ts';
import { makeNode } from '../../../../../shared/onnx/make-node.ts';
import { float32Tensor } from '../../../../../shared/onnx/make-tensor.ts';
import type { Model } from '../../../../../shared/onnx/model.ts';
import type { StoredTensor } from '../../../../../shared/onnx/stored-tensor.ts';
import { RuntimeProcess } from '../../../../../shared/runtime/runtime-process.ts';
import { body, graph } from '../../../../onnx/_build.ts';
import { float32, modelOf, normals, weight } from '../../_numeric.ts';
import { contextOf, NETWORK, OUTLIER, RECURRENT, UNEVEN } from '../_network.ts';
import { normalSource } from '../_samples.ts';
import { NEVER } from './_scores.ts';

const child = new RuntimeProcess();
afterAll(() => child.close());

const CALIBRATION = normalSource(24, 'x', [1, 3, 8, 8]);
const OVER = { isOver: true, left: 0 };

const measure = (model: Model, parts: Parameters<typeof contextOf>[0] = {}) =>
  Int8Draft.measured(
    model,
    contextOf({ process: child, seconds: 60, calibration: CALIBRATION, ...parts }),
  );

/** A single MatMul: nothing is between weights, and nothing beside them. */
const measureAlone = () =>
  measure(
    modelOf(
      [makeNode('MatMul', ['x', 'w'], ['y'])],
      [float32('x', [2, 8])],
      [float32('y', [2, 8])],
      [weight('w', [8, 8])],
    ),
    { calibration: normalSource(4, 'x', [2, 8]) },
  );

/** Judges on the samples that the choices are made on where no others are given. */
let judge: Referee;
let draft: Int8Draft;
let harmed: Int8Draft;
beforeAll(async () => {
  judge = await Referee.of(OUTLIER, CALIBRATION, { process: child }, 24);
  draft = await (await measure(NETWORK)).withMoments();
  harmed = await measure(OUTLIER);
});

describe('chooseRounding', () => {
  it('takes the pair of range rule and rounding that does the least damage', async () => {
    const log = collectingLog();
    const chosen = await chooseRounding(draft, log);
    const own = await Referee.of(NETWORK, CALIBRATION, { process: child }, 24);
    const { damage } = await own.score(chosen.build());
    // Every rule with the nearest codes, the best three by output error, too.
    expect(log.lines).toHaveLength(RANGE_METHODS.length + 3);
    const nearest = [];
    for (const rule of RANGE_METHODS) {
      const score = await own.score(draft.with({ method: rule, byOutputError: false }).build());
      expect(damage).toBeLessThanOrEqual(score.damage);
      nearest.push({ rule, damage: score.damage });
    }
    const [first] = nearest.toSorted((a, b) => a.damage - b.damage);
    const rounded = draft.with({ method: first?.rule ?? 'min-max', byOutputError: true });
    expect(damage).toBeLessThanOrEqual((await own.score(rounded.build())).damage);
    // Nothing else is changed.
    const { method, byOutputError, ...rest } = chosen.choices;
    expect(draft.choices).toMatchObject(rest);
  });
});

describe('chooseEqualization', () => {
  it('scales channels where that does less damage, and keeps the other choices', async () => {
    const calibration = normalSource(12, 'x', [8, 32]);
    const before = (await measure(UNEVEN, { calibration })).with({ method: 'mse' });
    const after = await chooseEqualization(before, silentLog);
    const own = await Referee.of(UNEVEN, calibration, { process: child }, 12);
    const [plain, equalized] = [await own.score(before.build()), await own.score(after.build())];
    expect(after.plan().equalized.map(({ name }) => name)).toEqual(['h']);
    expect(equalized.damage).toBeLessThan(plain.damage / 2);
    expect(after.choices.method).toBe('mse');
    // What was measured again is measured on the scaled model.
    expect(after.plan().values.find(({ name }) => name === 'h')).not.toEqual(
      before.plan().values.find(({ name }) => name === 'h'),
    );
  });

  it('leaves a draft alone that has no such channels, or gains nothing', async () => {
    const alone = await measureAlone();
    expect(await chooseEqualization(alone, silentLog)).toBe(alone);
    expect((await chooseEqualization(draft, silentLog)).plan().equalized).toEqual([]);
  });
});

describe('chooseGroups', () => {
  it('lets all groups work on integers that do no harm', async () => {
    const chosen = await chooseGroups(draft, silentLog);
    expect(chosen.choices.groups).toEqual(draft.choices.groups);
  });

  it('chooses none where nothing would work on integers', async () => {
    const alone = await measureAlone();
    expect((await chooseGroups(alone, silentLog)).choices.groups).toEqual([]);
  });

  it('does not choose what does harm', async () => {
    const chosen = await chooseGroups(harmed, silentLog);
    const [none, result] = [
      await judge.score(harmed.withGroups([]).build()),
      await judge.score(chosen.build()),
    ];
    expect(result.damage).toBeLessThanOrEqual(Math.max(1.1 * none.damage, 1e-3));
  });
});

describe('chooseRecurrent', () => {
  it('leaves a model without LSTM alone', async () => {
    expect(await chooseRecurrent(draft, silentLog)).toBe(draft);
  });

  it('takes integer kernels of an LSTM unless they do much more damage than 8-bit weights', async () => {
    const calibration = normalSource(6, 'x', [5, 2, 32]);
    const before = await measure(RECURRENT, { calibration });
    const after = await chooseRecurrent(before, silentLog);
    const own = await Referee.of(RECURRENT, calibration, { process: child }, 6);
    const [dynamic, chosen] = [await own.score(before.build()), await own.score(after.build())];
    const forms = after.choices.weightsAlone.map(({ form }) => form);
    expect(before.choices.weightsAlone.map(({ form }) => form)).toEqual(['dynamic-lstm']);
    expect(['dynamic-lstm', 'folded']).toContain(forms[0]);
    expect(chosen.damage).toBeLessThanOrEqual(dynamic.damage);
    if (forms[0] === 'folded') expect(chosen.damage).toBeLessThan(dynamic.damage / 1.4);
  });
});

describe('rankDraft and keepWorst', () => {
  it('measure each node alone, and keep the worst', async () => {
    const ranked = await rankDraft(harmed, NEVER);
    const names = ranked.map(({ ref }) => ref.name);
    expect(names.toSorted()).toEqual(['c1', 'c2', 'c3', 'c4', 't']);
    // These two read no value of the large channel.
    expect(names.slice(3).toSorted()).toEqual(['c3', 't']);
    expect((ranked[2]?.damage ?? 0) / (ranked[3]?.damage ?? 0)).toBeGreaterThan(2);
    const kept = await keepWorst(harmed, ranked, NEVER, silentLog);
    const added = [...kept.choices.keep.keys()];
    expect(added).toEqual(names.slice(0, added.length));
    expect(added.length).toBeGreaterThan(0);
    const [before, after] = [await judge.score(harmed.build()), await judge.score(kept.build())];
    expect(after.damage).toBeLessThan(before.damage);
    for (const [key, { damage }] of kept.choices.keep)
      expect(damage).toBe(ranked.find(({ ref }) => ref.name === key)?.damage);
  });

  it('keep what was kept before', async () => {
    const given = harmed.with({ keep: new Map([['c3', { reason: 'asked for' }]]) });
    const ranked = await rankDraft(given, NEVER);
    expect(ranked.map(({ ref }) => ref.name)).not.toContain('c3');
    const kept = await keepWorst(given, ranked, NEVER, silentLog);
    expect(kept.choices.keep.get('c3')).toEqual({ reason: 'asked for' });
  });

  it('cost no node its place when there is no time', async () => {
    const ranked = await rankDraft(harmed, OVER);
    expect(ranked.map(({ damage }) => damage)).toEqual([0, 0, 0, 0, 0]);
    const kept = await keepWorst(harmed, ranked, OVER, silentLog);
    expect(kept.choices.keep.size).toBe(0);
  });
});

describe('shrinkKept', () => {
  it('leaves a draft alone that keeps nothing in float', async () => {
    expect(await shrinkKept(draft, NEVER, silentLog)).toBe(draft);
  });

  it('takes 8-bit weights of float nodes where they do no harm', async () => {
    const kept = draft.with({ keep: new Map([['c4', { reason: 'asked for' }]]) });
    const shrunk = await shrinkKept(kept, NEVER, silentLog);
    const own = await Referee.of(NETWORK, CALIBRATION, { process: child }, 24);
    const [before, after] = [await own.score(kept.build()), await own.score(shrunk.build())];
    expect(shrunk.choices.weightsAlone.map(({ name }) => name)).toEqual(['c4']);
    expect(after.damage).toBeLessThanOrEqual(Math.max(1.2 * before.damage, 1e-3));
    expect(shrunk.choices.keep).toEqual(kept.choices.keep);
  });

  /** Rows with one large weight that only zeros are multiplied with: 8 bits leave nothing of the others. */
  const steep = (): StoredTensor => {
    const values = normals(32 * 64).map((value, at) => (at < 64 ? 1000 : value));
    return float32Tensor('w', [32, 64], values);
  };
  const zeroFirst = (extra: NamedTensors = {}): SampleSource => ({
    length: 8,
    sample: async (index) => {
      const data = normals(4 * 32, index + 1).map((value, at) => (at % 32 === 0 ? 0 : value));
      return { x: { type: 'float32', dims: [4, 32], data }, ...extra };
    },
  });

  it('takes 16-bit weights where 8 bits do harm', async () => {
    const model = modelOf(
      [makeNode('MatMul', ['x', 'w'], ['h']), makeNode('MatMul', ['h', 'v'], ['y'])],
      [float32('x', [4, 32])],
      [float32('y', [4, 64])],
      [steep(), weight('v', [64, 64])],
    );
    const kept = (await measure(model, { calibration: zeroFirst() })).with({
      keep: new Map([['h', { reason: 'asked for' }]]),
    });
    const shrunk = await shrinkKept(kept, NEVER, silentLog);
    expect(shrunk.choices.weightsAlone).toMatchObject([{ name: 'h', form: 'folded', bits: 16 }]);
    const own = await Referee.of(model, zeroFirst(), { process: child }, 8);
    const [before, after] = [await own.score(kept.build()), await own.score(shrunk.build())];
    expect(after.damage).toBeLessThan(1.2 * before.damage + 1e-3);
  });

  it('stores a weight once that a branch without samples reads, too', async () => {
    const branch = (name: string) =>
      graph([makeNode('MatMul', ['x', 'w'], [name])], [], [name], { name });
    const attributes = new Map([
      body('then_branch', branch('one')),
      body('else_branch', branch('two')),
    ]);
    const model = modelOf(
      [{ ...makeNode('If', ['flag'], ['y']), attributes }],
      [
        { name: 'flag', type: { kind: 'tensor', elementType: 'bool', shape: [] } },
        float32('x', [4, 32]),
      ],
      [float32('y', [4, 64])],
      [steep()],
    );
    const flag = { type: 'bool', dims: [], data: Uint8Array.of(1) } as const;
    const before = await measure(model, { calibration: zeroFirst({ flag }) });
    expect(before.choices.weightsAlone).toMatchObject([{ name: 'two', bits: 8 }]);
    const kept = before.with({ keep: new Map([['y.then_branch/one', { reason: 'asked for' }]]) });
    const shrunk = await shrinkKept(kept, NEVER, silentLog);
    expect(shrunk.choices.weightsAlone).toMatchObject([
      { name: 'two', bits: 16 },
      { name: 'one', bits: 16 },
    ]);
    expect([...shrunk.build().graph.initializers.values()].map(({ type }) => type)).toEqual([
      'int16',
      'float32',
    ]);
  });
});
