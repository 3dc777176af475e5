import { expect, it } from 'vitest';
import { assertNever, bytes } from '../../shared/base/brand.ts';

it('units are plain numbers at run time', () => {
  expect(bytes(3)).toBe(3);
});

it('a value outside its union is named', () => {
  const stray: unknown = 'stray';
  expect(() => assertNever(stray as never, 'verdict')).toThrow('unexpected verdict: "stray"');
});
