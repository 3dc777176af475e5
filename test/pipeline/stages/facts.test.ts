import { expect, test } from 'vitest';
import { ioFacts } from '../../../shared/pipeline/stages/facts.ts';

test('a free shape is stated with the one that was measured', () => {
  expect(ioFacts({ name: 'x', type: 'float32', shape: ['N', 3] }, [1, 3])).toEqual({
    name: 'x',
    type: 'float32',
    shape: ['N', 3],
    measuredShape: [1, 3],
  });
  expect(ioFacts({ name: 'x', type: 'float32', shape: [2, 3] }, [2, 3])).toEqual({
    name: 'x',
    type: 'float32',
    shape: [2, 3],
  });
  expect(ioFacts({ name: 'x', type: 'undeclared' }, undefined)).toEqual({
    name: 'x',
    type: 'undeclared',
    shape: [],
  });
});
