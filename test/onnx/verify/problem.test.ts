import { expect, it } from 'vitest';
import { ProblemList } from '../../../shared/onnx/verify/problem.ts';

it('keeps the first hundred', () => {
  const problems = new ProblemList();
  for (let i = 0; i < 200; i++) problems.add('arity', `node ${i}`, 'wrong');
  expect(problems.found).toHaveLength(100);
  expect(problems.found[99]).toEqual({ rule: 'arity', where: 'node 99', message: 'wrong' });
});
