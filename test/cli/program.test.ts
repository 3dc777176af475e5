import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fettle, makePlace, REPOSITORY } from '../e2e/fettle.ts';

const place = makePlace();
afterAll(() => place.remove());

const EVERYWHERE = ['--quiet', '--no-color', '--debug', '--help'];

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
    'remote',
  ]) {
    expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
  }
  expect(stdout).toContain('fettle optimize model.onnx --data test.npz');
});

test('what comes later is not offered', async () => {
  for (const command of ['optimize', 'run', 'measure', 'diff', 'convert']) {
    const { stdout } = await fettle(place, command, '--help');
    expect(stdout).not.toMatch(/tensorrt|openvino|tvm|\.tflite|model\.json/);
  }
});

test('every option that a command offers is explained in docs/cli.md', async () => {
  const docs = readFileSync(join(REPOSITORY, 'docs/cli.md'), 'utf8');
  const sections = docs.split(/^## /m);
  const remote = ['list', 'promote', 'rollback', 'forget'].map((name) => `remote ${name}`);
  for (const words of ['optimize', 'measure', 'diff', 'convert', 'run', ...remote]) {
    const [command = ''] = words.split(' ');
    const { stdout } = await fettle(place, ...words.split(' '), '--help');
    const offered = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag);
    const own = sections.find((text) => text.startsWith(`\`fettle ${command}\``)) ?? '';
    // Where it says "all options of", those stand in that command's table.
    const text = /all (other )?options of/.test(own) ? docs : own;
    const known = [...EVERYWHERE, ...[...text.matchAll(/--[a-z-]+/g)].map(([flag]) => flag)];
    expect(offered.filter((flag) => flag !== undefined && !known.includes(flag))).toEqual([]);
  }
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
