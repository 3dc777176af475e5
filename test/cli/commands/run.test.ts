import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DIGITS, fettle, makePlace, REPOSITORY } from '../../e2e/fettle.ts';

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
    'version: 1\nstore: .store\ndefaults: { variants: [float32], seconds: 10ms }\nmodels:\n  a: { source: a.onnx, seed: 5 }\n  b: { source: b.onnx }\n',
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
  expect(await fettle(place, 'run', '--only', 'c')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('has no model "c"'),
  });
});

test('flags override the file, and their paths start from the current folder', async () => {
  mkdirSync(place.path('sub'), { recursive: true });
  cpSync(join(REPOSITORY, 'examples/digits/test.npz'), place.path('sub/d.npz'));
  const run = (...argv: string[]) =>
    fettle(
      { ...place, folder: place.path('sub') },
      ...['run', '../fettle.yml', '--only', 'a', '--json', '-q', ...argv],
    );
  const { code, stdout } = await run('--data', 'd.npz', '--seed', '7', '--threads', '2');
  expect(code).toBe(0);
  expect(JSON.parse(stdout).models).toMatchObject([
    {
      name: 'a',
      seed: 7,
      data: { synthetic: false },
      variants: [{ latency: { threads: 2 }, accuracy: { metric: 'top1' } }],
    },
  ]);
  expect(await run('--targets', 'tflite')).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/--targets.*tflite/),
  });
});

test('what a new result lacks is removed, models that were not run keep their files', async () => {
  const out = place.path('scope-out');
  const run = async (...argv: string[]): Promise<void> => {
    const { code } = await fettle(place, 'run', ...argv, '-o', out, '--json', '-q');
    expect(code).toBe(0);
  };
  const has = (name: string): boolean => existsSync(join(out, name));
  const listed = (): string[] =>
    JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'))
      .files.flatMap(({ path, model }: { path: string; model?: string }) => (model ? [path] : []))
      .sort();
  await run('--variants', 'float16,int8-weights');
  writeFileSync(join(out, 'b.mine.onnx'), 'mine');
  writeFileSync(join(out, 'a.float16.onnx'), 'changed by hand');
  await run('--only', 'a', '--variants', 'float32');
  expect(has('a.int8-weights.onnx')).toBe(false);
  expect(readFileSync(join(out, 'a.float16.onnx'), 'utf8')).toBe('changed by hand');
  expect(listed()).toEqual([
    'a.float32.onnx',
    'b.float16.onnx',
    'b.float32.onnx',
    'b.int8-weights.onnx',
  ]);
  for (const name of listed()) expect(has(name)).toBe(true);
  const whole = readFileSync(place.path('fettle.yml'), 'utf8');
  try {
    writeFileSync(place.path('fettle.yml'), whole.replace(/ {2}b: .*\n/, ''));
    await run();
  } finally {
    writeFileSync(place.path('fettle.yml'), whole);
  }
  expect(listed()).toEqual(['a.float32.onnx']);
  expect(has('b.float16.onnx')).toBe(false);
  expect(has('b.mine.onnx')).toBe(true);
});

test('a broken budget exits with 1', async () => {
  const argv = ['run', '--only', 'a', '--variants', 'int8-weights', '--ship', 'int8-weights'];
  const { code, stdout } = await fettle(place, ...argv, '--budget', 'size=-90%', '-q');
  expect(code).toBe(1);
  expect(stdout).toMatch(/size.*budget −?-?90%: broken/);
  expect((await fettle(place, ...argv, '--budget', 'size=-10%', '-q')).code).toBe(0);
});

test('--plan prints the steps of every model, and does nothing', async () => {
  const before = place.files();
  const { code, stdout } = await fettle(place, 'run', '--plan', '--variants', 'int4');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^a: \d+ steps[\s\S]*int4: compress[\s\S]*^b: \d+ steps/m);
  const json = await fettle(place, 'run', '--plan', '--json', '--only', 'b');
  expect(JSON.parse(json.stdout)).toMatchObject([{ schema: 'fettle.plan/1', model: 'b' }]);
  expect(await fettle(place, 'run', '--plan', '--variants', 'pruned-50')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('pruned-50: train '),
  });
  expect(place.files()).toEqual(before);
});

test('only what changed since a revision', async () => {
  expect(await fettle(place, 'run', '--since', 'HEAD')).toMatchObject({
    code: 0,
    stdout: '',
    stderr: 'no model changed since HEAD\n',
  });
  expect(await fettle(place, 'run', '--since', 'HEAD', '-q')).toEqual({
    code: 0,
    stdout: '',
    stderr: '',
  });
  const before = readFileSync(place.path('fettle-out/report.json'), 'utf8');
  const asJson = await fettle(place, 'run', '--since', 'HEAD', '--json', '-q');
  expect(asJson).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(asJson.stdout)).toMatchObject({ verdict: 'ok', models: [] });
  expect(readFileSync(place.path('fettle-out/report.json'), 'utf8')).toBe(before);
  writeFileSync(place.path('b.onnx'), 'broken');
  const { code, stderr } = await fettle(place, 'run', '--since', 'HEAD', '-q');
  expect(code).toBe(2);
  expect(stderr).toContain('b.onnx');
  expect(await fettle(place, 'run', '--since', 'nowhere')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('git cannot compare'),
  });
});
