/** A pull request that changes seven models, one of each kind: what a reviewer may see in one comment. */

import type { ModelDraft, ReportDraft, RowDraft } from '../../shared/report/gate.ts';
import { judgeReport } from '../../shared/report/gate.ts';
import type { Accuracy, Latency, Report } from '../../shared/report/schema.ts';
import { makeModel, makeReport, makeRow } from './make-report.ts';

function row(change: Partial<RowDraft>): RowDraft {
  const { verdict: _, ...draft } = makeRow();
  return { ...draft, ...change };
}

function latency(
  baseMs: number,
  ratio: number,
  half: number,
  verdict: Latency['verdict'],
): Latency {
  return {
    ms: baseMs * ratio,
    baseMs,
    ratio,
    low: ratio * Math.exp(-half),
    high: ratio * Math.exp(half),
    sessions: 20,
    threads: 1,
    shapes: { image: [1, 8, 8, 1] },
    ...(verdict === undefined ? {} : { verdict }),
  };
}

function accuracy(
  [base, value]: readonly [number, number],
  half: number,
  change: Partial<Accuracy> = {},
): Accuracy {
  const difference = value - base;
  return {
    metric: 'top1',
    value,
    base,
    difference,
    low: difference - half,
    high: difference + half,
    samples: 1252,
    ...change,
  };
}

function model(name: string, change: Partial<ModelDraft>): ModelDraft {
  const { verdict: _, gates: __, recommended: ___, variants: ____, ...draft } = makeModel();
  const source = { ...draft.source, path: `models/${name}.onnx` };
  return {
    ...draft,
    name,
    ship: 'model',
    source,
    base: source,
    change: 'changed',
    variants: [],
    ...change,
  };
}

export const pullDraft: ReportDraft = {
  ...makeReport(),
  machine: { cpu: 'AMD EPYC 7763 64-Core Processor', features: ['avx2'], cores: 4 },
  seconds: 148,
  comparison: {
    kind: 'models',
    base: { label: 'main', commit: '3f1c9a07d2b84e55a1b0c6d7e8f90123456789ab' },
    head: { label: 'smaller-digits', commit: 'b7e2d94c1a5f6e3d2c1b0a9f8e7d6c5b4a392817' },
  },
  models: [
    model('digits', {
      ship: 'int8',
      budgets: { int8: { size: '100 kB', latency: '+5%', accuracy: '-0.5pp' } },
      variants: [
        row({
          name: 'model',
          size: { bytes: 126_400, base: 123_000, ratio: 126_400 / 123_000 },
          latency: latency(0.0712, 1.004, 0.006, 'same'),
          accuracy: accuracy([0.9816, 0.9824], 0.0016, { verdict: 'same' }),
        }),
        row({
          name: 'int8',
          size: { bytes: 46_200, base: 45_000, ratio: 46_200 / 45_000 },
          latency: latency(0.0527, 1.121, 0.011, 'slower'),
          accuracy: accuracy([0.9808, 0.98], 0.0024, { verdict: 'same' }),
          notes: ['2 of 9 nodes kept in a higher precision: sensitivity'],
        }),
        row({ name: 'int4', status: 'skipped', reason: 'no weights of 4,096 elements or more' }),
      ],
    }),
    model('ocr/recognizer', {
      budgets: { model: { accuracy: '-0.5pp', latency: '+2%' } },
      variants: [
        row({
          name: 'model',
          size: { bytes: 10_800_000, base: 10_800_000, ratio: 1 },
          latency: latency(41.9, 1.008, 0.026, 'inconclusive'),
          accuracy: accuracy([0.985, 0.977], 0.021, {
            metric: 'ctc-exact',
            samples: 132,
            neededSamples: 3100,
            verdict: 'inconclusive',
          }),
        }),
      ],
    }),
    model('vad', {
      budgets: { int8: { size: '+0%', latency: '+5%' } },
      ship: 'int8',
      variants: [
        row({
          name: 'int8',
          size: { bytes: 612_000, base: 1_810_000, ratio: 612 / 1810 },
          latency: latency(0.391, 0.879, 0.011, 'faster'),
          fidelity: { cosine: 0.9987, synthetic: true },
        }),
      ],
      data: { synthetic: true },
    }),
    model('segmentation', {
      base: { ...makeModel().source, path: 'models/old/segmentation-v1.onnx' },
      variants: [
        row({
          name: 'model',
          size: { bytes: 2_100_000, base: 2_100_000, ratio: 1 },
          latency: latency(12.3, 0.999, 0.008, 'same'),
          accuracy: accuracy([0.714, 0.7151], 0.0031, {
            metric: 'miou',
            samples: 420,
            verdict: 'same',
          }),
        }),
      ],
    }),
    _withoutBase(
      model('keywords', {
        ship: 'float32',
        change: 'added',
        variants: [
          row({
            name: 'float32',
            size: { bytes: 311_000 },
            accuracy: { metric: 'top1', value: 0.942, samples: 4890 },
          }),
        ],
      }),
    ),
    model('legacy', {
      change: 'removed',
      source: { ...makeModel().source, path: 'models/legacy.onnx' },
    }),
    _withoutChange(
      model('checkpoint', {
        reason:
          'models/checkpoint.pt is a pickled PyTorch checkpoint, which is code; export it with torch.onnx.export(model, args, "checkpoint.onnx")',
        code: 3,
        source: {
          path: 'models/checkpoint.pt',
          format: 'pickle',
          bytes: 44_700_000,
          verified: 'not verified',
        },
      }),
    ),
  ],
};

function _withoutBase({ base: _, ...rest }: ModelDraft): ModelDraft {
  return rest;
}

/** What failed as a whole is not said to have changed. */
function _withoutChange({ change: _, ...rest }: ModelDraft): ModelDraft {
  return rest;
}

/** As the Action posts it. */
export const pullReport: Report = judgeReport(pullDraft);
