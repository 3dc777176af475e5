/**
 * The draft behind `golden/report.json`: made by hand, with every state that a report can have.
 * The numbers are in the range of what the models of those names give; nothing here was measured.
 */

import type { ModelDraft, ReportDraft } from '../../shared/report/gate.ts';
import { digits } from './golden-digits.ts';
import { digest, row, scored, timed } from './golden-rows.ts';

const line = { x: [1, 3, 48, 320] };
const ocr: ModelDraft = {
  name: 'ocr-rec',
  recommended: 'float32',
  ship: 'int8',
  budgets: { int8: { size: '4 MB', latency: '-20%', accuracy: '-0.5pp' } },
  source: {
    path: 'models/ch_PP-OCRv4_rec_infer.onnx',
    format: 'onnx',
    sha256: digest('e8770c'),
    bytes: 10_857_958,
    verified: 'the source is ONNX: outputs equal within 4e-6',
  },
  data: { calibration: 64, selection: 44, evaluation: 132, synthetic: false },
  inputs: [
    {
      name: 'x',
      type: 'float32',
      shape: ['DynamicDimension.0', 3, 48, 'DynamicDimension.1'],
      measuredShape: [1, 3, 48, 320],
    },
  ],
  outputs: [
    {
      name: 'softmax_11.tmp_0',
      type: 'float32',
      shape: ['DynamicDimension.2', 'DynamicDimension.3', 6625],
    },
  ],
  opset: 17,
  seed: 0,
  seconds: 148.9,
  variants: [
    row('float32', {
      model: 'ocr-rec',
      bytes: 10_770_112,
      baseBytes: 10_770_112,
      latency: timed(line, 41.9),
      accuracy: scored('ctc-exact', 132, 0.9848),
    }),
    row('float16', {
      model: 'ocr-rec',
      bytes: 5_430_882,
      baseBytes: 10_770_112,
      latency: timed(line, 45.2, [1.079, 1.061, 1.097], 'slower'),
      accuracy: scored('ctc-exact', 132, 0.9848, [0, -0.0283, 0.0283], 'inconclusive', {
        wins: 0,
        losses: 0,
        neededSamples: 768,
      }),
    }),
    row(
      'int8',
      {
        model: 'ocr-rec',
        bytes: 3_101_440,
        baseBytes: 10_770_112,
        latency: timed(line, 38.6, [0.921, 0.902, 0.941], 'faster'),
        accuracy: scored('ctc-exact', 132, 0.8788, [-0.1061, -0.1683, -0.0536], 'worse', {
          wins: 1,
          losses: 15,
        }),
      },
      {
        fidelity: {
          cosine: 0.9712,
          maxAbsError: 0.98,
          agreement: 0.9413,
          sqnrDb: 12.1,
          samples: 132,
          outputs: [{ name: 'softmax_11.tmp_0', cosine: 0.9712 }],
        },
        coverage: { nodes: { int8: 92, float32: 341 } },
        notes: ['every Conv quantized: `--no-guard` was given'],
      },
    ),
    {
      name: 'int4',
      target: 'onnx',
      hardware: 'x64',
      status: 'failed',
      code: 4,
      reason:
        'the time limit of 60 s was hit while scales were searched for p2o.MatMul.11; raise --timeout',
      notes: [],
    },
    row(
      'auto',
      {
        model: 'ocr-rec',
        bytes: 10_770_112,
        baseBytes: 10_770_112,
        latency: timed(line, 41.8, [0.998, 0.984, 1.012], 'same'),
        accuracy: scored('ctc-exact', 132, 0.9848, [0, -0.0001, 0.0001], 'same', {
          wins: 0,
          losses: 0,
        }),
      },
      { description: 'float32: nothing smaller was both faster and not inferior' },
    ),
  ],
};

const speech = { input: [1, 512], h: [2, 1, 64], c: [2, 1, 64], sr: [] };
const silero: ModelDraft = {
  name: 'silero-vad',
  recommended: null,
  source: {
    path: 'models/silero_vad.onnx',
    format: 'onnx',
    sha256: digest('51'),
    bytes: 1_807_522,
    verified: 'not verified',
  },
  data: { calibration: 64, synthetic: true, notes: ['no data given: inputs drawn from −1 … 1'] },
  inputs: [
    { name: 'input', type: 'float32', shape: ['batch', 'sequence'], measuredShape: [1, 512] },
    { name: 'sr', type: 'int64', shape: [] },
    { name: 'h', type: 'float32', shape: [2, 'batch', 64], measuredShape: [2, 1, 64] },
    { name: 'c', type: 'float32', shape: [2, 'batch', 64], measuredShape: [2, 1, 64] },
  ],
  outputs: [{ name: 'output', type: 'float32', shape: ['batch', 1] }],
  notes: ['the free dimension "sequence" took 512, the first sample’s'],
  variants: [
    row(
      'float32',
      {
        model: 'silero-vad',
        bytes: 1_806_900,
        baseBytes: 1_806_900,
        latency: timed(speech, 0.391),
      },
      { fidelity: { cosine: 1, maxAbsError: 0, agreement: 1, samples: 64, synthetic: true } },
    ),
    row(
      'int8',
      {
        model: 'silero-vad',
        bytes: 812_300,
        baseBytes: 1_806_900,
        latency: timed(speech, 0.388, [0.992, 0.962, 1.034], 'inconclusive'),
      },
      {
        fidelity: { cosine: 0.99871, maxAbsError: 0.062, samples: 64, synthetic: true },
        notes: ['synthetic calibration, accuracy unknown'],
      },
    ),
  ],
};

const legacy: ModelDraft = {
  name: 'legacy',
  reason:
    'models/legacy.pt is a pickled PyTorch checkpoint, which is code; export it with torch.onnx.export(model, args, "legacy.onnx")',
  code: 3,
  source: {
    path: 'models/legacy.pt',
    format: 'pytorch',
    bytes: 44_700_112,
    verified: 'not verified',
  },
  data: { synthetic: true },
  variants: [],
};

export const goldenDraft: ReportDraft = {
  tool: { name: 'fettle', version: '0.1.0', runtime: 'onnxruntime-node 1.30.0' },
  machine: {
    cpu: 'AMD EPYC 7763 64-Core Processor',
    features: ['avx2', 'fma', 'f16c'],
    cores: 2,
    memoryBytes: 8_327_000_000,
    os: 'linux x64',
  },
  startedAt: '2026-11-24T12:00:00Z',
  seconds: 183.2,
  protocol: 'short protocol: 6 session pairs of 0.3 s',
  models: [digits, ocr, silero, legacy],
};
