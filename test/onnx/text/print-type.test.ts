import { expect, it } from 'vitest';
import { typeText, valueText } from '../../../shared/onnx/text/print-type.ts';

it('tells a scalar from an unknown rank', () => {
  const of = (shape: (number | string | null)[] | null) =>
    typeText({ kind: 'tensor', elementType: 'float64', shape });
  expect([of([]), of(null), of([1, 'N', null, 'a b'])]).toEqual([
    'double',
    'double[]',
    'double[1,N,?,"a b"]',
  ]);
  expect(valueText({ name: 'x', type: null })).toBe('x');
});

it('nests', () => {
  const tensor = { kind: 'tensor', elementType: 'int64', shape: null } as const;
  expect(typeText({ kind: 'optional', element: { kind: 'sequence', element: tensor } })).toBe(
    'optional(seq(int64[]))',
  );
  expect(typeText({ kind: 'map', key: 'string', value: tensor })).toBe('map(string, int64[])');
});
