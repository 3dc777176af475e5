import { afterAll, expect, test } from 'vitest';
import { fettle, makePlace } from '../../e2e/fettle.ts';

const place = makePlace();
afterAll(() => place.remove());

test('is explained; the demo itself runs in test/e2e/demo.test.ts', async () => {
  const { code, stdout } = await fettle(place, 'demo', '--help');
  expect(code).toBe(0);
  expect(stdout).toMatch(/no network/);
});
