import { describe, expect, it } from 'vitest';
import { HARDWARE } from '../../../shared/base/hardware.ts';
import { safePairSum } from '../../../shared/compress/quantize/int8/numbers/overflow.ts';
import { WEIGHT_POLICY } from '../../../shared/compress/quantize/policy.ts';

const cells = Object.entries(WEIGHT_POLICY).flatMap(([variant, rows]) =>
  Object.entries(rows).flatMap(([hardware, row]) =>
    Object.entries(row).map(([use, cell]) => ({ variant, hardware, use, cell })),
  ),
);

describe('weight policy', () => {
  it('has a reason in every cell', () => {
    expect(cells).toHaveLength(3 * HARDWARE.length * 5);
    for (const { variant, hardware, use, cell } of cells)
      expect(cell.reason.length, `${variant} ${hardware} ${use}`).toBeGreaterThan(15);
  });

  it('is safe from overflow where products may be added in 16 bits', () => {
    for (const { hardware, cell } of cells) {
      if (!('limits' in cell)) continue;
      const mayLackVnni = hardware === 'x64' || hardware === 'web';
      expect(cell.limits.pairSum).toBe(mayLackVnni ? safePairSum(255) : null);
    }
  });

  it('never asks for ConvInteger, nor for operators of the runtime on cuda', () => {
    expect(cells.filter(({ use, cell }) => use === 'conv' && cell.form !== 'folded')).toEqual([]);
    const contrib = cells.filter(
      ({ hardware, cell }) => hardware === 'cuda' && /nbits|gather-blocks|lstm/.test(cell.form),
    );
    expect(contrib).toEqual([]);
  });
});
