import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { parseReport } from '../../../shared/report/schema.ts';
import { DIGITS, fettle, makePlace, type Place, REPOSITORY } from '../../e2e/fettle.ts';

const shared = makePlace();
let place: Place;
beforeEach(() => {
  place = makePlace({ store: shared.store });
});
afterEach(() => place.remove());
afterAll(() => shared.remove());

const data = ['--data', join(REPOSITORY, 'examples/digits/test.npz'), '--seconds', '10ms'];

test('--plan prints steps with time and memory, and does nothing', async () => {
  const { code, stdout } = await fettle(place, 'optimize', DIGITS, '--plan');
  expect(code).toBe(0);
  expect(stdout).toMatch(/digits: \d+ steps, about .* of memory[\s\S]*int8: compress\s+about/);
  const plan = JSON.parse((await fettle(place, 'optimize', DIGITS, '--plan', '--json')).stdout);
  expect(plan).toMatchObject({ schema: 'fettle.plan/1', model: 'digits' });
  expect(place.files()).toEqual([]);
});

test('what this version does not make is skipped in the plan and in the run, with the same code', async () => {
  const argv = ['optimize', DIGITS, '--variants', 'pruned-50', '--seconds', '10ms'];
  const plan = await fettle(place, ...argv, '--plan');
  const run = await fettle(place, ...argv, '-q');
  expect([plan.code, run.code]).toEqual([3, 3]);
  for (const { stdout } of [plan, run])
    expect(stdout).toMatch(/pruned-50 skipped: pruned-50 changes or trains/);
});

test('a broken budget exits with 1, and the report is complete', async () => {
  const argv = [
    'optimize',
    DIGITS,
    ...data,
    '--variants',
    'int8-weights',
    '--ship',
    'int8-weights',
    '--budget',
    'size=-90%',
    '-o',
    'out',
  ];
  const { code, stdout, stderr } = await fettle(place, ...argv);
  expect(code).toBe(1);
  expect(stdout).toMatch(/int8-weights[\s\S]*size/);
  expect(stderr).toContain('The page: out/report.html');
  const report = parseReport(
    JSON.parse(readFileSync(place.path('out/report.json'), 'utf8')),
    'report.json',
  );
  expect(report.verdict).toBe('regressed');
  expect(report.models[0]?.gates).toEqual([
    expect.objectContaining({ metric: 'size', result: 'broken', budget: '-90%' }),
  ]);
  // The same with --json: one document, and nothing else on stdout.
  const json = await fettle(place, ...argv, '--json', '--quiet');
  expect(json).toMatchObject({ code: 1, stderr: '' });
  expect(JSON.parse(json.stdout)).toMatchObject({
    schema: 'fettle.report/1',
    verdict: 'regressed',
  });
});
