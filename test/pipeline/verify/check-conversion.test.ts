import { afterAll, expect, test } from 'vitest';
import { openSource } from '../../../shared/formats/open-source.ts';
import { checkConversion } from '../../../shared/pipeline/verify/check-conversion.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';

afterAll(closeSharedProcess);
const DIGITS = 'examples/digits/digits.onnx';
const request = { source: 'digits.onnx', out: DIGITS };

test('the file itself agrees with itself, on inputs that are drawn or given', async () => {
  using source = await openSource(DIGITS, { shown: DIGITS });
  const drawn = await checkConversion(source, DIGITS, 'onnx', { ...request, check: true });
  expect(drawn).toMatchObject({ synthetic: true, samples: 16, maxAbsError: 0 });
  const check = { path: 'examples/digits/test.npz' };
  const given = await checkConversion(source, DIGITS, 'onnx', { ...request, check });
  expect(given).toMatchObject({ synthetic: false, samples: 16, isWithinTolerance: true });
});

test('data that does not fit is the user’s to change', async () => {
  using source = await openSource(DIGITS, { shown: DIGITS });
  const check = { path: 'none.npz' };
  const checked = checkConversion(source, DIGITS, 'onnx', { ...request, check });
  await expect(checked).rejects.toMatchObject({ exitCode: 2 });
});
