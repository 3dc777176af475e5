import { readFileSync, writeFileSync } from 'node:fs';
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
