import { describe, expect, it } from 'vitest';
import {
  type Descent,
  descend,
  descendScales,
} from '../../../../shared/compress/quantize/reconstruct/descend.ts';
import {
  errorsOf,
  type Tile,
  tileOf,
} from '../../../../shared/compress/quantize/reconstruct/grid.ts';
import {
  type QuadraticForm,
  quadraticForm,
  timesForm,
} from '../../../../shared/compress/quantize/reconstruct/quadratic-form.ts';
import { correlated } from '../_moments.ts';
import { allCodes, damped, griddedMatrix, outputError } from './_forms.ts';

interface Problem {
  readonly matrix: ReturnType<typeof griddedMatrix>;
  readonly moments: Float64Array;
  readonly form: QuadraticForm;
  readonly tile: Tile;
}

function problem(rows: number, columns: number, block: number, seed: number): Problem {
  const matrix = griddedMatrix(rows, columns, block, seed);
  const products = correlated(columns, seed);
  const form = quadraticForm(products, columns, 0.01);
  if (!form) throw new Error('it is positive definite');
  const tile = tileOf(matrix, { row: 0, rows, column: 0, columns });
  return { matrix, moments: damped(products, 0.01), form, tile };
}

function descentOf({ form, tile }: Problem): Descent {
  const errors = errorsOf(tile);
  return { tile, errors, products: timesForm(form, errors, tile.rows) };
}

function run(given: Problem, sweeps = 50): Descent {
  const descent = descentOf(given);
  descend(descent, given.form, sweeps);
  return descent;
}

describe('descend', () => {
  it.each([1, 2, 3, 4, 5])('at its end no single code is left to better: seed %i', (seed) => {
    const given = problem(1, 24, 8, seed);
    const { matrix, moments, tile } = given;
    const start = outputError(matrix, tile, moments);
    run(given);
    const end = outputError(matrix, tile, moments);
    expect(end).toBeLessThan(start);
    for (const [at, code] of tile.codes.entries()) {
      for (const other of [code - 1, code + 1]) {
        if (other < -8 || other > 7) continue;
        const codes = tile.codes.slice();
        codes[at] = other;
        expect(outputError(matrix, { ...tile, codes }, moments)).toBeGreaterThan(end * 0.999999);
      }
    }
  });

  it.each([1, 2, 3])('scales come to where no single one is left to better: seed %i', (seed) => {
    const given = problem(2, 24, 8, seed);
    const { matrix, moments, tile, form } = given;
    const descent = descentOf(given);
    let before = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 200; round++) {
      descendScales(descent, form);
      const now = outputError(matrix, tile, moments);
      expect(now).toBeLessThanOrEqual(before * (1 + 1e-9));
      before = now;
    }
    for (const [at, scale] of tile.scales.entries()) {
      const row = Math.floor(at / 3);
      const end = outputError(matrix, tile, moments, row);
      for (const factor of [0.99, 1.01]) {
        const scales = tile.scales.slice();
        scales[at] = scale * factor;
        expect(outputError(matrix, { ...tile, scales }, moments, row)).toBeGreaterThan(end);
      }
    }
  });

  it('finds the best of all codes where inputs have nothing in common', () => {
    const columns = 5;
    const given = problem(1, columns, columns, 3);
    const moments = Float64Array.from({ length: 25 }, (_, at) => (at % 6 === 0 ? 1 + at : 0));
    const form = quadraticForm(moments, columns, 0);
    if (!form) throw new Error('it is positive definite');
    const tile = { ...given.tile, lowest: Int8Array.of(-2), highest: Int8Array.of(2) };
    tile.scales[0] = Math.abs(tile.scales[0] ?? 0) * 4;
    tile.codes.fill(0);
    // The first moves of scales have nothing to go by.
    run({ ...given, form, tile });
    const found = outputError(given.matrix, tile, moments);
    for (const codes of allCodes(columns, -2, 2)) {
      const candidate = { codes: Int8Array.from(codes), scales: tile.scales };
      expect(outputError(given.matrix, candidate, moments)).toBeGreaterThan(found * 0.999999);
    }
  });

  it('keeps errors and their products up to date', () => {
    const given = problem(3, 40, 16, 7);
    const { errors, products } = run(given, 2);
    for (const [at, error] of errorsOf(given.tile).entries())
      expect(errors[at]).toBeCloseTo(error, 9);
    for (const [at, product] of timesForm(given.form, errors, 3).entries())
      expect(products[at]).toBeCloseTo(product, 8);
  });

  it('scales are float32 and keep their sign; codes stay between their ends', () => {
    const { tile } = problem(8, 64, 16, 8);
    const signs = [...tile.scales].map(Math.sign);
    const given = problem(8, 64, 16, 8);
    run(given);
    expect([...given.tile.scales].map(Math.sign)).toEqual(signs);
    for (const scale of given.tile.scales) expect(Math.fround(scale)).toBe(scale);
    expect(Math.min(...given.tile.codes)).toBeGreaterThanOrEqual(-8);
    expect(Math.max(...given.tile.codes)).toBeLessThanOrEqual(7);
  });

  it('leaves what is exact as it is', () => {
    const given = problem(1, 16, 16, 9);
    for (const [at, code] of given.tile.codes.entries())
      given.tile.values[at] = code * (given.tile.scales[0] ?? 0);
    const codes = [...given.tile.codes];
    run(given);
    expect([...given.tile.codes]).toEqual(codes);
  });
});
