import { afterAll } from 'vitest';
import { closeSharedProcess } from '../../../../shared/runtime/shared-process.ts';
import { type GradientCase, testGradients } from '../_check-gradient.ts';

afterAll(closeSharedProcess);

const product = (a: string, b: string, y: string): GradientCase => ({
  graph: `g (float[${a}] a, float[${b}] b) => (float[${y}] y) { y = MatMul (a, b) }`,
});
const gemm = (attributes: string, a: string, b: string, c?: string): GradientCase => ({
  graph: `g (float[${a}] a, float[${b}] b${c ? `, float[${c}] c` : ''}) => (float[3,5] y) { y = Gemm <${attributes}> (a, b${c ? ', c' : ''}) }`,
});

const CASES: Readonly<Record<string, GradientCase>> = {
  'two matrices': product('3,4', '4,5', '3,5'),
  'one matrix for all samples': product('2,3,4', '4,5', '2,3,5'),
  'a matrix each': product('2,3,4', '2,4,5', '2,3,5'),
  'leading axes that broadcast': product('2,1,3,4', '6,4,5', '2,6,3,5'),
  'one matrix on the left': product('3,4', '2,4,5', '2,3,5'),
  'a vector on the right': product('2,3,4', '4', '2,3'),
  'a vector on the left': product('4', '2,4,5', '2,5'),
  'two vectors': {
    graph: 'g (float[4] a, float[4] b) => (float y) { y = MatMul (a, b) }',
  },
  'nothing to be summed': product('2,0', '0,3', '2,3'),
  'Gemm with a row': gemm('alpha = 1.0', '3,4', '4,5', '5'),
  'Gemm without C': gemm('alpha = 0.5', '3,4', '4,5'),
  'Gemm, A transposed': gemm('transA = 1', '4,3', '4,5', '3,5'),
  'Gemm, B transposed': gemm('transB = 1, beta = 0.3', '3,4', '5,4', '3,1'),
  'Gemm, both transposed': gemm('transA = 1, transB = 1, alpha = 2.0', '4,3', '5,4', '1'),
};

testGradients(CASES);
