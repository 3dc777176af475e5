import { expect, it } from 'vitest';
import { UnsupportedError } from '../../../shared/base/errors.ts';
import { Troubles } from '../../../shared/formats/build/troubles.ts';

/** The error that the troubles make. */
function errorOf(troubles: Troubles): UnsupportedError {
  try {
    troubles.check();
  } catch (error) {
    if (error instanceof UnsupportedError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

it('names every kind once, with how many there are and the first of them', () => {
  const troubles = new Troubles('model.pb');
  for (const name of ['a', 'b', 'c', 'd', 'd']) troubles.add('Foo', name, 'no conversion');
  troubles.add('Bar', 'e', 'no conversion');
  expect(errorOf(troubles).message).toBe(
    'model.pb cannot be converted: Foo (4×: "a", "b", "c", …) – no conversion; Bar (1×: "e") – no conversion',
  );
});

it('tells each hint once, three at most', () => {
  const troubles = new Troubles('m');
  for (const [at, hint] of ['One.', 'Two.', 'One.', 'Three.', 'Four.'].entries())
    troubles.add(`Op${at}`, 'n', 'reason', hint);
  expect(errorOf(troubles).hint).toBe('One. Two. Three.');
});

it('lists a dozen kinds and counts the others', () => {
  const troubles = new Troubles('m');
  for (let at = 0; at < 15; at++) troubles.add(`Op${at}`, 'n', 'reason');
  expect(errorOf(troubles).message).toMatch(/Op11 .*; and 3 more kinds$/);
});

it('passes when there are none, and after they were forgotten', () => {
  const troubles = new Troubles('m');
  troubles.check();
  troubles.add('Op', 'n', 'reason');
  troubles.clear();
  troubles.check();
});
