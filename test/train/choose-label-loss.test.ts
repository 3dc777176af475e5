import { describe, expect, test } from 'vitest';
import type { NamedTensors, Tensor } from '../../shared/base/tensor.ts';
import type { Label } from '../../shared/measure/data/data-set.ts';
import { parseModel } from '../../shared/onnx/text/parse-model.ts';
import { areProbabilities, labelLoss } from '../../shared/train/choose-label-loss.ts';
import { floats } from './_run-emitted.ts';

const modelOf = (body: string) =>
  parseModel(
    `<ir_version: 8, opset_import: ["": 17]> g (float[n,m] x) => (float[n,m] y) { ${body} }`,
  );
const bytes = (dims: readonly number[], ...values: number[]): Tensor => ({
  type: 'uint8',
  dims,
  data: Uint8Array.from(values),
});

/** Twenty samples with these labels in turn. */
const samplesOf = (...labels: Label[]) => ({
  length: 20,
  sample: async (): Promise<NamedTensors> => ({}),
  label: (index: number) => labels[index % labels.length],
});

const PLAIN = 'y = Neg (x)';
const SOFTMAX = 'y = Softmax (x)';
const SIGMOID = 'y = Sigmoid (x)';

describe('what labels are to an output', () => {
  test.each([
    [
      'a class a sample',
      SOFTMAX,
      floats([1, 3], 0.2, 0.3, 0.5),
      [0, 1, 2],
      { kind: 'classes', form: 'numbers', axis: 1 },
    ],
    [
      'of logits',
      PLAIN,
      floats([1, 3], 2, -3, 5),
      [0, 1, 2],
      { kind: 'classes', form: 'numbers', scale: 'logits' },
    ],
    [
      'of probabilities from somewhere',
      PLAIN,
      floats([1, 3], 0.2, 0.3, 0.5),
      [0, 1, 2],
      { kind: 'classes', form: 'numbers', scale: 'probabilities' },
    ],
    [
      'one of several',
      SOFTMAX,
      floats([1, 3], 0.2, 0.3, 0.5),
      [
        [0, 1, 0],
        [1, 0, 0],
        [0, 0, 1],
      ],
      { kind: 'classes', form: 'one-hot' },
    ],
    ['yes or no', SIGMOID, floats([1, 1], 0.2), [0, 1], { kind: 'classes', form: 'chances' }],
    [
      'several of several',
      SIGMOID,
      floats([1, 3], 0.2, 0.9, 0.9),
      [
        [0, 1, 1],
        [1, 0, 0],
      ],
      { kind: 'classes', form: 'chances' },
    ],
    ['a number', PLAIN, floats([1, 1], 20.5), [1.5, -2], { kind: 'values', loss: 'mse' }],
    [
      'numbers',
      PLAIN,
      floats([1, 2], 20.5, 1),
      [
        [1.5, -2],
        [0, 1],
      ],
      { kind: 'values', loss: 'mse' },
    ],
    [
      'a class a place, channels first',
      'y = Softmax <axis = 1> (x)',
      floats([1, 3, 1, 2], ...Array(6).fill(1 / 3)),
      [bytes([1, 2], 0, 1), bytes([1, 2], 2, 1)],
      { kind: 'classes', form: 'numbers', axis: 1 },
    ],
    [
      'a class a place, channels last',
      SOFTMAX,
      floats([1, 4, 2, 3], ...Array(24).fill(1 / 3)),
      [bytes([4, 2], 0, 1, 2, 0, 0, 0, 0, 0)],
      { kind: 'classes', form: 'numbers', axis: -1 },
    ],
  ])('%s', (_, body, output, labels, wanted) => {
    const { loss } = labelLoss(modelOf(body), samplesOf(...labels), [{ y: output }], {});
    expect(loss).toMatchObject({ output: 'y', ...wanted });
  });

  test('another error, where it is asked for', () => {
    const { loss, note } = labelLoss(
      modelOf(PLAIN),
      samplesOf(1.5, 2),
      [{ y: floats([1, 1], 7) }],
      { values: 'huber' },
    );
    expect(loss).toEqual({ kind: 'values', output: 'y', loss: 'huber' });
    expect(note).toBe('huber of "y"');
  });

  test('the first output that fits', () => {
    const outputs = [
      { boxes: floats([1, 5, 4], ...Array(20).fill(0)), y: floats([1, 3], 0.2, 0.3, 0.5) },
    ];
    expect(labelLoss(modelOf(SOFTMAX), samplesOf(0, 1, 2), outputs, {}).loss).toMatchObject({
      output: 'y',
    });
    expect(() =>
      labelLoss(modelOf(SOFTMAX), samplesOf(0, 1, 2), outputs, { output: 'boxes' }),
    ).toThrow('no output fits');
  });

  test('a place more is said with its sample', () => {
    const labels = [bytes([1, 2], 0, 1), bytes([1, 2], 2, 9)];
    const outputs = [{ y: floats([1, 3, 1, 2], ...Array(6).fill(1 / 3)) }];
    expect(() =>
      labelLoss(modelOf('y = Softmax <axis = 1> (x)'), samplesOf(...labels), outputs, {}),
    ).toThrow('the label 9 is out of range');
  });
});

test('rows that sum to one are probabilities', () => {
  expect(areProbabilities([floats([2, 2], 0.5, 0.5, 0.25, 0.75)])).toBe(true);
  expect(areProbabilities([floats([1, 2], 0.5, 0.4)])).toBe(false);
  expect(areProbabilities([floats([1, 2], 1.5, -0.5)])).toBe(false);
});
