import { execFileSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DIGITS, fettle, makePlace } from '../../e2e/fettle.ts';

const place = makePlace();
afterAll(() => place.remove());

const git = (...args: string[]): void => {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: place.folder,
    stdio: 'pipe',
  });
};

beforeAll(() => {
  for (const name of ['a', 'b']) cpSync(DIGITS, place.path(`${name}.onnx`));
  writeFileSync(
    place.path('fettle.yml'),
    'version: 1\nstore: .store\ndefaults: { variants: [float32], seconds: 10ms }\nmodels:\n  a: { source: a.onnx }\n  b: { source: b.onnx }\n',
  );
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'one');
});

test('every model, or one', async () => {
  const { code, stdout } = await fettle(place, 'run', '--json', '-q');
  expect(code).toBe(0);
  const names = (text: string): string[] =>
    JSON.parse(text).models.map(({ name }: { name: string }) => name);
  expect(names(stdout)).toEqual(['a', 'b']);
  expect(names((await fettle(place, 'run', '--only', 'b', '--json', '-q')).stdout)).toEqual(['b']);
});

test('only what changed since a revision', async () => {
  expect(await fettle(place, 'run', '--since', 'HEAD', '-q')).toMatchObject({
    code: 0,
    stdout: '',
    stderr: expect.stringContaining('no model changed'),
  });
  writeFileSync(place.path('b.onnx'), 'broken');
  const { code, stderr } = await fettle(place, 'run', '--since', 'HEAD', '-q');
  expect(code).toBe(2);
  expect(stderr).toContain('b.onnx');
  expect(await fettle(place, 'run', '--since', 'nowhere')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('git cannot compare'),
  });
});
