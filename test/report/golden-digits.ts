/** The golden report's first model: recommended, shipped, with budgets, a search and layers. */

import type { ModelDraft } from '../../shared/report/gate.ts';
import { digest, row, scored, timed } from './golden-rows.ts';

const image = { image: [1, 8, 8, 1] };
export const digits: ModelDraft = {
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
              estimatedMs: 0.002,
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
