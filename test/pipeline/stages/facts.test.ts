import { expect, test } from 'vitest';
import { ioFacts, verifiedBy } from '../../../shared/pipeline/stages/facts.ts';

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

test('the source is verified within what was measured, rounded up, or not at all', () => {
  expect(verifiedBy({ maxAbsError: 3.2e-7 })).toBe(
    'agrees within 4e-7 of onnxruntime on the source file',
  );
  expect(verifiedBy({ maxAbsError: 0.096 })).toMatch(/within 0\.1 of/);
  expect(verifiedBy({ maxAbsError: 0 })).toMatch(/within 0 of/);
  expect(verifiedBy({ maxAbsError: 1e-7, broken: 2 })).toBe('not verified');
  const nan = [{ name: 'y', nan: 4 }];
  expect(verifiedBy({ maxAbsError: 0, outputs: nan })).toBe('not verified');
  expect(verifiedBy({})).toBe('not verified');
  expect(verifiedBy(undefined)).toBe('not verified');
});
