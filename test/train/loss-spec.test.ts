import { expect, test } from 'vitest';
import { type LossSpec, labelLossOf, lossSpecSchema } from '../../shared/train/loss-spec.ts';

const classes: LossSpec = {
  kind: 'classes',
  output: 'y',
  form: 'numbers',
  scale: 'logits',
  axis: -1,
};
const teacher: LossSpec = {
  kind: 'teacher',
  outputs: [{ student: 'y', teacher: 'z', loss: 'probabilities', scale: 'logits', axis: -1 }],
  temperature: 2,
  hard: 0.5,
  labels: classes,
};

test('is plain data, and refused in another form', () => {
  for (const spec of [classes, teacher])
    expect(lossSpecSchema.parse(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  expect(lossSpecSchema.safeParse({ ...teacher, temperature: 0.5 }).success).toBe(false);
  expect(lossSpecSchema.safeParse({ ...teacher, outputs: [] }).success).toBe(false);
});

test('labels are a part of a teacher’s loss', () => {
  expect(labelLossOf(teacher)).toBe(classes);
  expect(labelLossOf(classes)).toBe(classes);
});
