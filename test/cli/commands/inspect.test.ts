import { afterAll, expect, test } from 'vitest';
import { DIGITS, fettle, makePlace } from '../../e2e/fettle.ts';

const place = makePlace();
afterAll(() => place.remove());

test('a table for people, JSON for programs', async () => {
  const { code, stdout, stderr } = await fettle(place, 'inspect', DIGITS);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/parameters\s+7,520/);
  expect(JSON.parse((await fettle(place, 'inspect', DIGITS, '--json')).stdout).parameters).toBe(
    7520,
  );
});
