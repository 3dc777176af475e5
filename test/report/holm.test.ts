import { describe, expect, it } from 'vitest';
import { holmReject } from '../../shared/report/holm.ts';

describe('holmReject', () => {
  it.each([
    ['nothing', [], []],
    ['one comparison needs no correction', [0.05], [true]],
    ['one above the level', [0.051], [false]],
    // Holm 1979: 0.01 ≤ 0.05/4, 0.013 ≤ 0.05/3, 0.03 > 0.05/2: stop.
    ['step-down', [0.03, 0.01, 0.04, 0.013], [false, true, false, true]],
    ['a stop is final', [0.02, 0.04, 0.049], [false, false, false]],
    ['all', [0.001, 0.002, 0.003], [true, true, true]],
  ])('%s', (_, pValues, rejected) => {
    expect(holmReject(pValues, 0.05)).toEqual(rejected);
  });
});
