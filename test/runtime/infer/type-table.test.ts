import { expect, it } from 'vitest';
import type { ValueType } from '../../../shared/onnx/model.ts';
import { TypeTableBuilder } from '../../../shared/runtime/infer/type-table.ts';
import { graph } from '../../onnx/_build.ts';

it('looks outward from a body, and not inward', () => {
  const [outer, inner, stranger] = [graph([], [], []), graph([], [], []), graph([], [], [])];
  const type = (...shape: number[]): ValueType => ({ kind: 'tensor', elementType: 'int8', shape });
  const table = new TypeTableBuilder();
  table.set(outer, { outer: undefined, types: new Map([['a', type(1)]]), unknown: new Map() });
  table.set(inner, {
    outer,
    types: new Map([['b', type(2)]]),
    unknown: new Map([['c', 'for a reason']]),
  });
  expect(table.get(inner, 'b')).toEqual(type(2));
  expect(table.get(inner, 'a')).toEqual(type(1));
  expect(table.get(outer, 'b')).toBeUndefined();
  expect(table.get(stranger, 'a')).toBeUndefined();
  expect(table.whyUnknown(inner, 'c')).toBe('for a reason');
  expect(table.whyUnknown(inner, 'b')).toBeUndefined();
  expect(table.of(stranger).size).toBe(0);
});
