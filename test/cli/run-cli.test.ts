import { afterAll, expect, test } from 'vitest';
import { DIGITS, fettle, makePlace, spawnFettle } from '../e2e/fettle.ts';

const place = makePlace();
afterAll(() => place.remove());

test('an error is one paragraph on stderr, with the stack on demand', async () => {
  const { code, stdout, stderr } = await fettle(place, 'inspect', 'none.onnx');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect((await fettle(place, 'inspect', 'none.onnx', '--debug')).stderr).toMatch(/^\s+at /m);
});

test('--json is one document on stdout', async () => {
  const { stdout } = await fettle(place, 'inspect', DIGITS, '--json');
  expect(JSON.parse(stdout)).toMatchObject({ schema: 'fettle.inspect/1', path: DIGITS });
});

test('the command itself: exit code and whole output through a pipe', async () => {
  const { code, stdout } = await spawnFettle(place, ['inspect', DIGITS, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).nodes).toBe(21);
  expect((await spawnFettle(place, ['inspect', 'none.onnx'])).code).toBe(2);
});
