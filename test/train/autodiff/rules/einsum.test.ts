import { afterAll, expect, test } from 'vitest';
import { closeSharedProcess } from '../../../../shared/runtime/shared-process.ts';
import { type GradientCase, gradientError, testGradients } from '../_check-gradient.ts';

afterAll(closeSharedProcess);

const einsum = (equation: string, y: string, ...operands: string[]): GradientCase => {
  const names = operands.map((_, at) => `x${at}`);
  const inputs = operands.map((shape, at) => `float[${shape}] x${at}`);
  return {
    graph: `g (${inputs.join(', ')}) => (float${y === '' ? '' : `[${y}]`} y) { y = Einsum <equation = "${equation}"> (${names.join(', ')}) }`,
  };
};

const CASES: Readonly<Record<string, GradientCase>> = {
  'a product of matrices': einsum('ij,jk->ik', '2,4', '2,3', '3,4'),
  'scores of heads': einsum('aecd,abcd->acbe', '2,3,5,4', '2,4,3,2', '2,5,3,2'),
  'three operands': einsum('ij,jk,kl->il', '2,2', '2,3', '3,4', '4,2'),
  'what is summed alone': einsum('ijk,il->jl', '3,2', '2,3,4', '2,2'),
  'one operand, transposed and summed': einsum('ijk -> ki', '4,2', '2,3,4'),
  'to a scalar': einsum('i,i->', '', '3', '3'),
  'an outer product': einsum('i,j->ij', '3,2', '3', '2'),
  'the result left to be guessed': einsum('bj,ja', '3,2', '2,4', '4,3'),
  'an ellipsis': einsum('...ij,...jk->...ik', '2,5,3,2', '2,5,3,4', '2,5,4,2'),
  'an ellipsis that broadcasts': einsum('...ij,...jk->...ik', '2,3,3,2', '2,3,3,4', '1,3,4,2'),
};

testGradients(CASES);

test('a diagonal is refused by name', async () => {
  await expect(gradientError(einsum('ii->i', '3', '3,3'))).rejects.toThrow('Einsum of a diagonal');
});

test('so is a result whose shape is told wrong', async () => {
  const wide = einsum('yab,ybc->yac', '1,3,2', '1,3,4', '3,4,2');
  await expect(gradientError(wide)).rejects.toThrow('Einsum whose first operand broadcasts');
});
