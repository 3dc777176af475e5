import { describe, expect, it } from 'vitest';
import { countSchema, digestSchema, numberSchema } from '../../shared/report/schema-parts.ts';

describe('the parts of a report', () => {
  it.each([
    ['a SHA-256', 'ab'.repeat(32), true],
    ['with its prefix', `sha256:${'ab'.repeat(32)}`, true],
    ['a tree digest', `tree256:${'ab'.repeat(32)}`, true],
    ['too short', 'sha256:ab', false],
    ['capitals', 'AB'.repeat(32), false],
    ['another algorithm', `md5:${'ab'.repeat(32)}`, false],
  ])('digest: %s', (_, text, ok) => {
    expect(digestSchema.safeParse(text).success).toBe(ok);
  });

  it('counts are whole and not negative; numbers are finite', () => {
    expect([0, 1, 1.5, -1].map((n) => countSchema.safeParse(n).success)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(
      [1.5, Number.NaN, Number.POSITIVE_INFINITY].map((n) => numberSchema.safeParse(n).success),
    ).toEqual([true, false, false]);
  });
});
