import { describe, expect, it } from 'vitest';
import { judgeReport, type ModelDraft, type RowDraft } from '../../shared/report/gate.ts';
import type { Accuracy, Comparison, Latency, Report } from '../../shared/report/schema.ts';
import { makeModel, makeReport, makeRow } from './make-report.ts';

const slower: Latency = {
  ms: 2.2,
  ratio: 1.1,
  low: 1.08,
  high: 1.12,
  verdict: 'slower',
  sessions: 6,
  threads: 1,
  shapes: {},
};
const worse: Accuracy = {
  metric: 'top1',
  value: 0.9,
  base: 0.98,
  difference: -0.08,
  low: -0.1,
  high: -0.06,
  samples: 212,
  verdict: 'worse',
};
const unsure: Accuracy = {
  ...worse,
  difference: -0.01,
  low: -0.03,
  high: 0.01,
  verdict: 'inconclusive',
};
const same: Accuracy = { ...worse, difference: -0.002, low: -0.004, high: -0.001, verdict: 'same' };

const float32: RowDraft = makeRow();
const int8 = (change: Partial<RowDraft> = {}): RowDraft => makeRow({ name: 'int8', ...change });

function judge(model: Partial<ModelDraft>, kind: Comparison['kind'] = 'variants'): Report {
  return judgeReport({
    ...makeReport(),
    comparison: { kind },
    models: [{ ...makeModel(), ...model }],
  });
}

describe('which variant gates', () => {
  it.each([
    ['a bad variant beside a good float32 is a row, no regression', {}, 'ok', ['ok', 'ok']],
    ['the shipped one is worse', { ship: 'int8' }, 'regressed', ['ok', 'regressed']],
    [
      'a budget of its own makes a variant gate',
      { budgets: { int8: { accuracy: '-0.5pp' } } },
      'regressed',
      ['ok', 'regressed'],
    ],
    ['a budget that is kept', { budgets: { int8: { accuracy: '-20pp' } } }, 'ok', ['ok', 'ok']],
    [
      'with a budget on size alone accuracy does not gate',
      { ship: 'int8', budgets: { int8: { size: '+0%' } } },
      'ok',
      ['ok', 'ok'],
    ],
  ])('%s', (_, model, verdict, rows) => {
    const variants = [
      float32,
      int8({ accuracy: worse, latency: slower, size: { bytes: 1, base: 1 } }),
    ];
    const report = judge({ ...model, variants });
    expect(report.verdict).toBe(verdict);
    expect(report.models[0]?.verdict).toBe(verdict);
    expect(report.models[0]?.variants.map((row) => row.verdict)).toEqual(rows);
  });

  it.each([
    ['variants', 'ok'],
    ['models', 'regressed'],
    ['reports', 'ok'],
  ] as const)(
    'slower than the base gates by itself against a base model only: %s',
    (kind, verdict) => {
      expect(judge({ variants: [makeRow({ latency: slower })] }, kind).verdict).toBe(verdict);
    },
  );

  it.each([
    ['inconclusive', unsure, 'inconclusive'],
    ['same although the interval lies below 0', same, 'ok'],
    ['worse', worse, 'regressed'],
  ])('accuracy that is %s', (_, accuracy, verdict) => {
    expect(judge({ variants: [makeRow({ accuracy })] }, 'models').verdict).toBe(verdict);
  });
});

it.each([
  ['source', 'regressed', false],
  ['base', 'regressed', false],
  ['base', 'ok', true],
] as const)('a conversion of the %s: %s', (which, verdict, agrees) => {
  const { source } = makeModel();
  expect(judge({ [which]: { ...source, agrees } }, 'models').verdict).toBe(verdict);
});

describe('what could not be measured', () => {
  const unmeasured = 'it fails on synthetic inputs';

  it('is not called OK where it is shipped', () => {
    const { verdict, models } = judge({ variants: [makeRow({ unmeasured }), int8()] });
    expect([verdict, models[0]?.variants.map((row) => row.verdict)]).toEqual([
      'inconclusive',
      ['inconclusive', 'ok'],
    ]);
  });

  it('says nothing of the model where it is another variant', () => {
    expect(judge({ variants: [float32, int8({ unmeasured })] }).verdict).toBe('ok');
  });
});

describe('what could not be made', () => {
  const failed = int8({ status: 'failed', reason: 'onnxruntime refused the graph' });
  const skipped = int8({ status: 'skipped', reason: 'no labelled data' });

  it.each([
    ['a failed extra', [float32, failed], {}, 'ok', 'failed'],
    ['a skipped extra', [float32, skipped], {}, 'ok', 'ok'],
    ['the shipped one failed', [float32, failed], { ship: 'int8' }, 'failed', 'failed'],
    ['the shipped one was skipped', [float32, skipped], { ship: 'int8' }, 'failed', 'failed'],
    [
      'one target of the shipped one was skipped',
      [float32, int8(), { ...skipped, target: 'ort' }],
      { ship: 'int8' },
      'ok',
      'ok',
    ],
  ])('%s', (_, variants, model, verdict, last) => {
    const report = judge({ ...model, variants });
    expect(report.verdict).toBe(verdict);
    expect(report.models[0]?.variants.at(-1)?.verdict).toBe(last);
  });

  it('a model that could not be opened fails; a removed one does not', () => {
    expect(judge({ variants: [], reason: 'not a model', code: 2 }).verdict).toBe('failed');
    expect(judge({ variants: [], change: 'removed' }, 'reports').verdict).toBe('ok');
  });

  it('a shipped variant that is not among the rows', () => {
    expect(judge({ ship: 'int4', variants: [float32] }).verdict).toBe('failed');
  });
});

describe('budgets', () => {
  it('says for each what was measured and what was wanted', () => {
    const { models } = judge({
      ship: 'int8',
      budgets: {
        int8: { size: '-50%', latency: '+5%', accuracy: '-0.5pp', fidelity: '0.999', ops: '10' },
      },
      variants: [
        float32,
        int8({
          size: { bytes: 45_000, base: 123_000 },
          latency: slower,
          accuracy: unsure,
          fidelity: { cosine: 0.9987 },
        }),
      ],
    });
    expect(models[0]?.gates?.map(({ result, sentence }) => [result, sentence])).toEqual([
      ['kept', 'size 45.0 kB (−63.4%), budget −50%'],
      ['broken', 'latency 2.20 ms (+10.0% [+8.0%, +12.0%]), budget +5%: broken'],
      ['inconclusive', 'accuracy 90.0% (−1.0 pp [−3.0 pp, +1.0 pp]), budget −0.5pp: inconclusive'],
      ['broken', 'fidelity 0.9987, budget 0.999: broken'],
      ['not-measured', 'ops: not measured, budget 10'],
    ]);
  });

  it('a latency measured for one hardware is not asked for again from another', () => {
    const budgets = { int8: { latency: '+20%' } };
    const timed = int8({ latency: slower });
    const arm = int8({ hardware: 'arm64' });
    expect(judge({ ship: 'int8', budgets, variants: [float32, timed, arm] }).verdict).toBe('ok');
    expect(judge({ ship: 'int8', budgets, variants: [float32, arm] }).verdict).toBe('inconclusive');
  });

  it('an unreadable budget is an input error that names the variant', () => {
    const bad = { budgets: { int8: { size: 'small' } }, variants: [float32, int8()] };
    expect(() => judge(bad)).toThrow(/cannot read the budget "size: small"/);
  });
});

describe('Holm over one report', () => {
  // t(5) at 1.10 ± 0.035 against 1.05: p = 0.018, below 0.05 alone, above 0.05/5 among five.
  const noisy: Latency = { ...slower, ratio: 1.1, low: 1.0603, high: 1.1412 };
  const model = (count: number): Partial<ModelDraft> => ({
    budgets: Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`slim-${i}`, { latency: '+5%' }]),
    ),
    variants: [
      float32,
      ...Array.from({ length: count }, (_, i) => makeRow({ name: `slim-${i}`, latency: noisy })),
    ],
  });

  it('alone it breaks', () => {
    expect(judge(model(1)).models[0]?.gates?.map((gate) => gate.result)).toEqual(['broken']);
  });

  it('one of five does not, and is said to be inconclusive', () => {
    const others = model(5);
    const calm: Latency = { ...noisy, ratio: 1, low: 0.99, high: 1.01 };
    const variants = others.variants?.map((row, i) => (i > 1 ? { ...row, latency: calm } : row));
    const report = judge({ ...others, ...(variants === undefined ? {} : { variants }) });
    expect(report.models[0]?.gates?.map((gate) => gate.result)).toEqual([
      'inconclusive',
      'kept',
      'kept',
      'kept',
      'kept',
    ]);
    expect(report.verdict).toBe('inconclusive');
  });
});
