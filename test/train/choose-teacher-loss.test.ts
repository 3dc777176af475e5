import { describe, expect, test } from 'vitest';
import { parseModel } from '../../shared/onnx/text/parse-model.ts';
import { teacherOutputs } from '../../shared/train/choose-teacher-loss.ts';
import type { LabelLoss } from '../../shared/train/loss-spec.ts';
import { floats } from './_run-emitted.ts';

const probed = (name: string, body: string, ...values: number[]) => ({
  model: parseModel(
    `<ir_version: 8, opset_import: ["": 17]> g (float[n,m] x) => (float[n,m] ${name}) { ${body} }`,
  ),
  outputs: [{ [name]: floats([1, values.length], ...values) }],
});
const labels: LabelLoss = {
  kind: 'classes',
  output: 'y',
  form: 'numbers',
  scale: 'logits',
  axis: 1,
};

describe('how a student is compared', () => {
  test.each([
    [
      'both by softmax',
      probed('y', 'y = Softmax (x)', 0.5, 0.5),
      probed('y', 'y = Softmax (x)', 0.1, 0.9),
      undefined,
      'probabilities',
    ],
    [
      'a teacher of logits',
      probed('y', 'y = Softmax (x)', 0.5, 0.5),
      probed('z', 'z = Neg (x)', 3, 4),
      undefined,
      'probabilities',
    ],
    [
      'sigmoids',
      probed('y', 'y = Sigmoid (x)', 0.5, 0.5),
      probed('z', 'z = Sigmoid (x)', 0.5, 0.5),
      undefined,
      'chances',
    ],
    [
      'logits that labels are for',
      probed('y', 'y = Neg (x)', 3, 4),
      probed('z', 'z = Neg (x)', 3, 4),
      labels,
      'probabilities',
    ],
    [
      'values',
      probed('y', 'y = Neg (x)', 3, 4),
      probed('z', 'z = Neg (x)', 3, 4),
      undefined,
      'mse',
    ],
  ] as const)('%s', (_, student, teacher, known, loss) => {
    expect(teacherOutputs(student, teacher, known)[0]).toMatchObject({ student: 'y', loss });
  });
});

test('shapes and names must go together', () => {
  const student = probed('y', 'y = Softmax (x)', 0.5, 0.5);
  expect(() =>
    teacherOutputs(student, probed('y', 'y = Softmax (x)', 0.2, 0.3, 0.5), undefined),
  ).toThrow('of shape [1, 3]');
  const none = { ...student, outputs: [{}] };
  expect(() => teacherOutputs(student, none, undefined)).toThrow('no float32 output');
});
