/** Scores and damages made up, for searches that measure nothing. */
import type { Score } from '../../../../../shared/compress/quantize/int8/search/referee.ts';
import type { NodeDamage } from '../../../../../shared/compress/quantize/int8/search/sensitivity.ts';

export const scored = (damage: number, agreement = 1, parts: Partial<Score> = {}): Score => ({
  damage,
  agreement,
  decides: true,
  ...parts,
});

/** Nodes n0, n1, …, the worst first. */
export const ranked = (count: number): readonly NodeDamage[] =>
  Array.from({ length: count }, (_, index) => ({
    ref: { scope: '', name: `n${index}` },
    damage: count - index,
  }));

export const NEVER = { isOver: false, left: 60 };
