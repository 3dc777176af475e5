/**
 * The draft behind `golden/report.json`: made by hand, with every state that a report can have.
 * The numbers are in the range of what the models of those names give; nothing here was measured.
 */

import type { ModelDraft, ReportDraft, RowDraft } from '../../shared/report/gate.ts';
import type { Accuracy, Latency } from '../../shared/report/schema.ts';

const digest = (seed: string): string => `sha256:${seed.repeat(64).slice(0, 64)}`;

interface RowNumbers {
  readonly model: string;
  readonly bytes: number;
  readonly baseBytes: number;
  readonly latency?: Latency;
  readonly accuracy?: Accuracy;
}

function row(name: string, numbers: RowNumbers, more: Partial<RowDraft> = {}): RowDraft {
  const { model, bytes, baseBytes, latency, accuracy } = numbers;
  const size =
    name === 'float32' ? { bytes } : { bytes, base: baseBytes, ratio: bytes / baseBytes };
  const path = `${model}.${name}.onnx`;
  return {
    name,
    target: 'onnx',
    hardware: 'x64',
    status: 'done',
    artifact: { path, sha256: digest(String(bytes)), bytes },
    size,
    ...(latency === undefined ? {} : { latency }),
    ...(accuracy === undefined ? {} : { accuracy }),
    notes: [],
    ...more,
  };
}

function timed(
  shapes: Latency['shapes'],
  ms: number,
  ratio?: readonly [number, number, number],
  verdict?: NonNullable<Latency['verdict']>,
): Latency {
  const common = {
    ms,
    p90Ms: ms * 1.08,
    p99Ms: ms * 1.3,
    loadMs: 11,
    sessions: 6,
    threads: 1,
    shapes,
  };
  if (ratio === undefined || verdict === undefined) return common;
  const [value, low, high] = ratio;
  return { ...common, baseMs: ms / value, ratio: value, low, high, verdict };
}

function scored(
  metric: string,
  samples: number,
  value: number,
  change?: readonly [number, number, number],
  verdict?: NonNullable<Accuracy['verdict']>,
  more: Partial<Accuracy> = {},
): Accuracy {
  if (change === undefined || verdict === undefined) return { metric, value, samples };
  const [difference, low, high] = change;
  return {
    metric,
    value,
    base: value - difference,
    difference,
    low,
    high,
    samples,
    verdict,
    ...more,
  };
}

const image = { image: [1, 8, 8, 1] };
const digits: ModelDraft = {
  name: 'digits',
  recommended: 'int8',
  ship: 'int8',
  budgets: {
    int8: { size: '-50%', latency: '+5%', accuracy: '-0.5pp' },
    float16: { fidelity: '0.9999' },
  },
  source: {
    path: 'models/digits.keras',
    format: 'keras',
    sha256: digest('3f1c'),
    bytes: 182_440,
    verified: 'agrees within 1e-6 of tfjs',
  },
  data: {
    calibration: 128,
    selection: 417,
    evaluation: 1252,
    synthetic: false,
    evaluationSha256: digest('0dd5'),
    notes: ['stratified by label, seed 0'],
  },
  inputs: [
    {
      name: 'image',
      type: 'float32',
      shape: ['N', 8, 8, 1],
      measuredShape: [1, 8, 8, 1],
      preparation: 'pixels / 16',
    },
  ],
  outputs: [{ name: 'probabilities', type: 'float32', shape: ['N', 10] }],
  opset: 21,
  seed: 0,
  seconds: 21.4,
  auto: {
    seconds: 9.8,
    reason:
      'int8 with 2 of 9 nodes in float: the fastest of those that are not inferior at 0.5 points',
    candidates: [
      { name: 'float32', bytes: 123_400, latencyRatio: 1, accuracyDifference: 0, onFront: true },
      { name: 'float16', bytes: 63_100, latencyRatio: 1.12, accuracyDifference: 0, onFront: true },
      {
        name: 'int8',
        description: 'min-max ranges',
        bytes: 41_900,
        latencyRatio: 0.71,
        accuracyDifference: -0.0072,
        onFront: true,
        reason: 'inferior at 0.5 points',
      },
      {
        name: 'int8',
        description: 'MSE ranges, 2 nodes in float',
        bytes: 45_000,
        latencyRatio: 0.74,
        accuracyDifference: -0.0008,
        onFront: true,
        chosen: true,
      },
      {
        name: 'int8-dynamic',
        bytes: 44_300,
        latencyRatio: 1.31,
        accuracyDifference: -0.0008,
        onFront: false,
        reason: 'slower than float32',
      },
    ],
  },
  variants: [
    row(
      'float32',
      {
        model: 'digits',
        bytes: 123_400,
        baseBytes: 123_400,
        latency: timed(image, 0.0712),
        accuracy: scored('top1', 1252, 0.9816),
      },
      {
        fidelity: { cosine: 1, maxAbsError: 2.4e-7, agreement: 1, samples: 1252 },
        memory: { peakBytes: 61_300_000 },
      },
    ),
    row(
      'float16',
      {
        model: 'digits',
        bytes: 63_100,
        baseBytes: 123_400,
        latency: timed(image, 0.0797, [1.119, 1.104, 1.135], 'slower'),
        accuracy: scored('top1', 1252, 0.9816, [0, -0.0015, 0.0015], 'same', {
          wins: 0,
          losses: 0,
        }),
      },
      {
        fidelity: {
          cosine: 0.999998,
          maxAbsError: 0.0011,
          agreement: 1,
          sqnrDb: 61.2,
          samples: 1252,
        },
        notes: ['this CPU has no float16 kernels: smaller, not faster'],
      },
    ),
    row(
      'int8',
      {
        model: 'digits',
        bytes: 45_000,
        baseBytes: 123_400,
        latency: timed(image, 0.0527, [0.74, 0.727, 0.753], 'faster'),
        accuracy: scored('top1', 1252, 0.9808, [-0.0008, -0.0039, 0.0021], 'same', {
          wins: 1,
          losses: 2,
        }),
      },
      {
        description: 'MSE ranges, 7-bit weights',
        fidelity: {
          cosine: 0.99921,
          maxAbsError: 0.041,
          agreement: 0.9976,
          sqnrDb: 33.4,
          samples: 1252,
        },
        memory: { peakBytes: 60_100_000, basePeakBytes: 61_300_000 },
        coverage: {
          nodes: { int8: 7, float32: 4 },
          notFused: [
            {
              node: 'sequential/pool_1/MaxPool',
              op: 'MaxPool',
              reason: 'its input and output scales differ',
              ms: 0.002,
            },
          ],
        },
        keptInFloat: [
          {
            node: 'sequential/conv2d/Conv2D',
            op: 'Conv',
            precision: 'float32',
            reason: 'most damage on calibration data',
            damage: 0.164,
          },
          {
            node: 'sequential/dense_1/MatMul',
            op: 'Gemm',
            precision: 'int16 activations',
            reason: 'range of its input is 40 times its typical value',
            damage: 0.071,
          },
        ],
        sensitivity: {
          measure: 'relative output error',
          samples: 128,
          layers: [
            { node: 'sequential/conv2d/Conv2D', op: 'Conv', damage: 0.164, kept: true },
            { node: 'sequential/dense_1/MatMul', op: 'Gemm', damage: 0.071, kept: true },
            { node: 'sequential/conv2d_1/Conv2D', op: 'Conv', damage: 0.022 },
            { node: 'sequential/conv2d_2/Conv2D', op: 'Conv', damage: 0.019 },
            { node: 'sequential/dense/MatMul', op: 'Gemm', damage: 0.0081 },
            { node: 'sequential/conv2d_3/Conv2D', op: 'Conv', damage: 0.0044 },
          ],
        },
        notes: ['2 of 9 nodes kept in a higher precision: sensitivity'],
      },
    ),
    row(
      'int8',
      { model: 'digits', bytes: 44_800, baseBytes: 123_400 },
      {
        hardware: 'arm64',
        artifact: { path: 'digits.int8.arm64.onnx', sha256: digest('a4'), bytes: 44_800 },
        notes: ['made for arm64, measured only where it runs'],
      },
    ),
    row('int8-dynamic', {
      model: 'digits',
      bytes: 44_300,
      baseBytes: 123_400,
      latency: timed(image, 0.0931, [1.307, 1.281, 1.334], 'slower'),
      accuracy: scored('top1', 1252, 0.9808, [-0.0008, -0.0031, 0.0015], 'same', {
        wins: 0,
        losses: 1,
      }),
    }),
    {
      name: 'int4',
      target: 'onnx',
      hardware: 'x64',
      status: 'skipped',
      code: 3,
      reason: 'no MatMul or Gather with 4,096 weights or more: int4 would save 190 bytes',
      notes: [],
    },
    row(
      'auto',
      {
        model: 'digits',
        bytes: 45_000,
        baseBytes: 123_400,
        latency: timed(image, 0.0527, [0.74, 0.727, 0.753], 'faster'),
        accuracy: scored('top1', 1252, 0.9808, [-0.0008, -0.0039, 0.0021], 'same', {
          wins: 1,
          losses: 2,
        }),
      },
      { description: 'int8, MSE ranges, 2 of 9 nodes in float' },
    ),
  ],
};

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
