import { expect, test } from 'vitest';
import {
  quadraticForm,
  squaresOf,
  timesForm,
} from '../../../../shared/compress/quantize/reconstruct/quadratic-form.ts';
import { correlated } from '../_moments.ts';
import { normals } from '../_numeric.ts';
import { damped } from './_forms.ts';

test.each([1, 5, 33, 70])('Rᵀ·R is H of the columns in their order, %i columns', (size) => {
  const moments = correlated(size, size);
  const form = quadraticForm(moments, size, 0.1);
  if (!form) throw new Error('it is positive definite');
  const expected = damped(moments, 0.1);
  expect([...form.matrix]).toEqual([...expected]);
  const { order, upper } = form;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += (upper[k * size + i] ?? 0) * (upper[k * size + j] ?? 0);
      const wanted = expected[(order[i] ?? 0) * size + (order[j] ?? 0)] ?? 0;
      expect(sum).toBeCloseTo(wanted, 9);
    }
  }
  const diagonal = [...order].map((column) => expected[column * size + column] ?? 0);
  expect(diagonal).toEqual(diagonal.toSorted((a, b) => a - b));
});

test.each([0, Number.NaN, Number.POSITIVE_INFINITY])('there is none for moments of %d', (value) => {
  expect(quadraticForm(new Float64Array(9).fill(value), 3, 0.01)).toBeUndefined();
});

test('an input that is always 0 beside others has a form, by its damping alone', () => {
  const moments = Float64Array.of(4, 0, 0, 0);
  expect(quadraticForm(moments, 2, 0.5)?.matrix).toEqual(Float64Array.of(5, 0, 0, 1));
  expect(quadraticForm(moments, 2, 0)).toBeUndefined();
});

test.each([3, 8, 21])('errors times H, and their squares, are as multiplied out: %i', (size) => {
  const rows = 4;
  const form = quadraticForm(correlated(size, 7), size, 0.01);
  if (!form) throw new Error('it is positive definite');
  const errors = Float64Array.from(normals(rows * size, 3));
  const products = timesForm(form, errors, rows);
  const squares = squaresOf(errors, products, rows);
  for (let row = 0; row < rows; row++) {
    let square = 0;
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let j = 0; j < size; j++)
        sum += (errors[row * size + j] ?? 0) * (form.matrix[j * size + i] ?? 0);
      expect(products[row * size + i]).toBeCloseTo(sum, 9);
      square += sum * (errors[row * size + i] ?? 0);
    }
    expect(squares[row]).toBeCloseTo(square, 9);
  }
});
