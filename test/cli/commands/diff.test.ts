import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DIGITS, fettle, makePlace } from '../../e2e/fettle.ts';

const place = makePlace();
afterAll(() => place.remove());
beforeAll(async () => {
  await fettle(
    place,
    'optimize',
    DIGITS,
    '--variants',
    'float32',
    '--seconds',
    '10ms',
    '-q',
    '-o',
    'a',
  );
  const report = JSON.parse(readFileSync(place.path('a/report.json'), 'utf8'));
  report.models[0].variants[0].size.bytes *= 2;
  writeFileSync(place.path('larger.json'), JSON.stringify(report));
});

test('two reports: table, Markdown, JSON; latencies are not compared', async () => {
  const table = await fettle(place, 'diff', 'a/report.json', 'larger.json');
  expect(table.stdout).toMatch(/a\/report\.json → larger\.json/);
  const markdown = await fettle(place, 'diff', 'a/report.json', 'larger.json', '--markdown');
  expect(markdown.stdout).toContain('|');
  const { stdout } = await fettle(place, 'diff', 'a/report.json', 'larger.json', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    comparison: { kind: 'reports' },
    models: [{ variants: [{ latency: { verdict: 'not-comparable' } }] }],
  });
});

test('two models are measured side by side', async () => {
  cpSync(DIGITS, place.path('base.onnx'));
  const diff = (...argv: string[]) =>
    fettle(
      place,
      ...['diff', 'base.onnx', 'a/digits.float32.onnx', '--seconds', '10ms', '-q', ...argv],
    );
  const { code, stdout } = await diff('--budget', 'size=+50%', '--json');
  expect(code).toBe(0);
  const { comparison, models } = JSON.parse(stdout);
  expect(comparison).toMatchObject({
    kind: 'models',
    base: { label: 'base.onnx' },
    head: { label: 'a/digits.float32.onnx' },
  });
  expect(models).toMatchObject([
    {
      variants: [
        {
          size: { bytes: readFileSync(place.path('a/digits.float32.onnx')).length },
          latency: { ratio: expect.any(Number), baseMs: expect.any(Number) },
          fidelity: { cosine: expect.closeTo(1, 6) },
        },
      ],
    },
  ]);
  // A broken budget is exit 1, in every form.
  for (const form of [[], ['--markdown'], ['--json']]) {
    const broken = await diff('--budget', 'size=-50%', ...form);
    expect(broken.code).toBe(1);
    expect(broken.stdout).toContain('size');
  }
  expect(await fettle(place, 'diff', 'base.onnx', 'a/report.json')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is a report'),
  });
});

test('a report with a budget that the other breaks is exit 1', async () => {
  const report = JSON.parse(readFileSync(place.path('a/report.json'), 'utf8'));
  report.models[0].budgets = { float32: { size: '+10%' } };
  writeFileSync(place.path('base.json'), JSON.stringify(report));
  report.models[0].variants[0].size.bytes *= 2;
  writeFileSync(place.path('head.json'), JSON.stringify(report));
  expect((await fettle(place, 'diff', 'base.json', 'head.json')).code).toBe(1);
  expect((await fettle(place, 'diff', 'head.json', 'base.json')).code).toBe(0);
});

test('what is no report says so', async () => {
  writeFileSync(place.path('bad.json'), '{"schema": "fettle.report/1", "models": 3}');
  expect(await fettle(place, 'diff', 'a/report.json', 'bad.json')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('bad.json'),
  });
  writeFileSync(place.path('cut.json'), '{"schema": "fettle.report/1", ');
  expect(await fettle(place, 'diff', 'a/report.json', 'cut.json')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('not JSON'),
  });
});

test('flags that are about measuring are refused for reports', async () => {
  for (const flags of [
    ['--budget', 'size=-50%'],
    ['--data', 'd.npz'],
    ['--metric', 'mae'],
  ]) {
    expect(await fettle(place, 'diff', 'a/report.json', 'larger.json', ...flags)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`${flags[0]} means nothing for two reports`),
    });
  }
});
