import { expect, it } from 'vitest';
import { describeInput, inputSignature } from '../../../shared/measure/data/input-signature.ts';
import { input } from './inputs.ts';

it('is what a tensor input declares', () => {
  const signature = inputSignature(input('x', 'int64', ['N', null, 3]));
  expect(signature).toEqual({ name: 'x', type: 'int64', shape: ['N', null, 3] });
  expect(describeInput(signature)).toBe('int64 [N, ?, 3]');
  expect(describeInput({ ...signature, shape: null })).toBe('int64 of any shape');
});

it('refuses what cannot be fed', () => {
  expect(() => inputSignature(input('x', 'bfloat16', [1]))).toThrow(
    /input "x" holds bfloat16, which cannot be fed/,
  );
  expect(() => inputSignature({ name: 'x', type: null })).toThrow(/of undeclared type/);
  const element = { kind: 'tensor', elementType: 'float32', shape: [1] } as const;
  expect(() => inputSignature({ name: 'x', type: { kind: 'optional', element } })).toThrow(
    /is an optional/,
  );
  expect(() => inputSignature({ name: 'x', type: { kind: 'sequence', element } })).toThrow(
    /is a sequence/,
  );
});
