import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { fettle, makePlace } from '../e2e/fettle.ts';

const place = makePlace();
afterAll(() => place.remove());

test('help names every command of the contract, with examples and exit codes', async () => {
  const { code, stdout, stderr } = await fettle(place, '--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const command of [
    'init',
    'inspect',
    'convert',
    'optimize',
    'measure',
    'diff',
    'run',
    'demo',
  ]) {
    expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
  }
  expect(stdout).toContain('fettle optimize model.onnx --data test.npz');
  // Targets that come later are not offered.
  expect((await fettle(place, 'optimize', '--help')).stdout).not.toMatch(/tensorrt|openvino|tvm/);
});

test('without arguments it helps, with --version it tells it', async () => {
  expect((await fettle(place)).stdout).toContain('Usage: fettle');
  const { version } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  expect(await fettle(place, '--version')).toMatchObject({ code: 0, stdout: `${version}\n` });
});

test('a mistyped command gets the nearest', async () => {
  expect(await fettle(place, 'optimise')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('optimize'),
  });
});
