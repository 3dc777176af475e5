import { afterAll, expect, test } from 'vitest';
import { RuntimeProcess } from '../../shared/runtime/runtime-process.ts';
import { openSession } from '../../shared/runtime/session.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import type { LossSpec } from '../../shared/train/loss-spec.ts';
import { validationLoss } from '../../shared/train/validation-loss.ts';
import { xor, xorNet } from './_nets.ts';

const process = new RuntimeProcess();
afterAll(async () => {
  await process.close();
  await closeSharedProcess();
});
const loss: LossSpec = { kind: 'classes', output: 'p', form: 'numbers', scale: 'logits', axis: -1 };

test('is the mean over all samples, those of the last batch too', async () => {
  const samples = xor(10);
  await using session = await openSession(xorNet());
  let sum = 0;
  for (let index = 0; index < 10; index++) {
    const { p } = await session.run(await samples.sample(index));
    sum -= Math.log(Number(p?.data[Number(samples.label(index))]));
  }
  expect(await validationLoss(xorNet(), samples, { loss, batch: 4, process })).toBeCloseTo(
    sum / 10,
    5,
  );
});

test('of a teacher that is the model itself it is nothing', async () => {
  const outputs = [
    { student: 'p', teacher: 'p', loss: 'probabilities', scale: 'logits', axis: -1 },
  ] as const;
  const own: LossSpec = { kind: 'teacher', outputs: [...outputs], temperature: 2, hard: 0 };
  const teacher = xorNet();
  expect(await validationLoss(xorNet(), xor(16), { loss: own, teacher, process })).toBeCloseTo(
    0,
    6,
  );
  const half: LossSpec = { ...own, hard: 0.5, labels: loss };
  const both = await validationLoss(xorNet(), xor(16), { loss: half, teacher, process });
  const labels = await validationLoss(xorNet(), xor(16), { loss, process });
  expect(both).toBeCloseTo(labels / 2, 5);
});
