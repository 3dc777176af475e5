import { expect, it } from 'vitest';
import {
  STRUCTURAL_OPS,
  structuralOp,
  VALUE_OPS,
  valueOp,
} from '../../../shared/formats/tf/op-table.ts';

const names = (tables: Readonly<Record<string, Readonly<Record<string, unknown>>>>): string[] =>
  Object.values(tables).flatMap((table) => Object.keys(table));

it('has every op in one family only', () => {
  const all = [...names(VALUE_OPS), ...names(STRUCTURAL_OPS)];
  expect(all.filter((op, index) => all.indexOf(op) !== index)).toEqual([]);
});

it('finds ops by name, and nothing that every object has', () => {
  expect(valueOp('Relu')).toBe(VALUE_OPS.activations?.Relu);
  expect(valueOp('toString')).toBeUndefined();
  expect(structuralOp('Identity')).toBeDefined();
  expect(structuralOp('constructor')).toBeUndefined();
});
