import { afterAll, expect, test } from 'vitest';
import { closeSharedProcess } from '../../../../shared/runtime/shared-process.ts';
import { type GradientCase, gradientError, testGradients } from '../_check-gradient.ts';

afterAll(closeSharedProcess);

const dft = (x: string, y: string, attributes: string, rest = 'x', opset = 17): GradientCase => ({
  graph: `g (float[${x}] x) => (float[${y}] y) <int64 short = {3}, int64 long = {6}, int64 a = {-2}> {
    y = DFT ${attributes === '' ? '' : `<${attributes}>`} (${rest}) }`,
  opset,
});

const CASES: Readonly<Record<string, GradientCase>> = {
  'of real numbers': dft('2,5,1', '2,5,2', ''),
  'of complex numbers': dft('2,4,2', '2,4,2', 'axis = 1'),
  'of real numbers, one side': dft('2,6,1', '2,4,2', 'onesided = 1'),
  backwards: dft('1,5,2', '1,5,2', 'inverse = 1'),
  'along another axis': dft('4,3,2', '4,3,2', 'axis = 0'),
  'of less than there is': dft('1,5,1', '1,2,2', 'onesided = 1', 'x, short'),
  'of more than there is': dft('1,5,2', '1,6,2', '', 'x, long'),
  'of opset 20': dft('2,5,1', '2,3,2', 'onesided = 1', 'x, , a', 20),
};

testGradients(CASES);

test('what is too large to be written is refused by name', async () => {
  const long = dft('1,5000,1', '1,5000,2', '');
  await expect(gradientError(long)).rejects.toThrow('DFT of 5000 elements');
});
