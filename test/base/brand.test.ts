import { expect, it } from 'vitest';
import { assertNever, bytes, milliseconds } from '../../shared/base/brand.ts';

it('units are plain numbers at run time', () => {
  expect([bytes(3), milliseconds(1.5)]).toEqual([3, 1.5]);
});

it('a value outside its union is named', () => {
  const stray: unknown = 'stray';
  expect(() => assertNever(stray as never, 'verdict')).toThrow('unexpected verdict: "stray"');
});
