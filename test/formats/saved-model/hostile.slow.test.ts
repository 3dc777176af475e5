import { expect, it } from 'vitest';
import { DAMAGED, damage } from './_damage.ts';

const ROUNDS = 800;

it.each(DAMAGED)('%s with a damaged %s', async (name, file) => {
  const counts = await damage(name, file, ROUNDS, `slow ${name}`);
  expect(counts.refused).toBeGreaterThan(ROUNDS / 5);
});
