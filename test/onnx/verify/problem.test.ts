import { expect, it } from 'vitest';
import { ProblemList } from '../../../shared/onnx/verify/problem.ts';

it('keeps the first hundred', () => {
  const problems = new ProblemList();
  for (let i = 0; i < 200; i++) problems.add('arity', `node ${i}`, 'wrong');
  expect(problems.found).toHaveLength(100);
  expect(problems.found[99]).toEqual({ rule: 'arity', where: 'node 99', message: 'wrong' });
});

it('keeps a hundred harmless ones beside them', () => {
  const problems = new ProblemList();
  for (let i = 0; i < 200; i++) problems.add('known-op', `node ${i}`, 'odd', { isHarmless: true });
  problems.add('arity', 'node 200', 'wrong');
  expect(problems.found).toHaveLength(101);
  expect(problems.found[0]).toMatchObject({ rule: 'known-op', isHarmless: true });
  expect(problems.found.at(-1)).toEqual({ rule: 'arity', where: 'node 200', message: 'wrong' });
});
