import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { arch } from 'node:process';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { parseReport } from '../../../shared/report/schema.ts';
import { DIGITS, fettle, makePlace, type Place, REPOSITORY } from '../../e2e/fettle.ts';
import { loadForOracle } from '../../onnx/_onnxruntime.ts';

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

test('samples that nothing can be learned from are refused before anything is trained', async () => {
  const samples = join(REPOSITORY, 'examples/digits/test.npz');
  const argv = ['optimize', DIGITS, '--evaluation', samples, '--seconds', '10ms'];
  const outcome = await fettle(place, ...argv, '--variants', 'slim-50', '-q');
  expect(outcome).toMatchObject({ code: 2, stdout: '' });
  expect(outcome.stderr).toMatch(/no samples to train it on[\s\S]*--training FILE/);
});

test('other targets and hardware: every file is there, told apart, and loads', async () => {
  const { code, stdout } = await fettle(
    place,
    ...['optimize', DIGITS, '--variants', 'int8-weights', '--targets', 'onnx,ort'],
    ...['--hardware', 'x64-vnni,arm64', '--seconds', '10ms', '-q', '-o', 'out'],
  );
  expect(code).toBe(0);
  const report = parseReport(
    JSON.parse(readFileSync(place.path('out/report.json'), 'utf8')),
    'report.json',
  );
  const rows = report.models[0]?.variants ?? [];
  expect(rows).toHaveLength(8);
  const paths = rows.map(({ artifact }) => artifact?.path ?? '');
  expect(new Set(paths).size).toBe(8);
  expect(paths).toContain('digits.int8-weights.arm64.ort');
  for (const path of paths) {
    const session = await loadForOracle(readFileSync(place.path(`out/${path}`)));
    expect(session.inputNames, path).toEqual(['image']);
    await session.release();
  }
  // What this machine is not has no latency, and that is said.
  const foreign = rows.filter(
    ({ hardware }) => hardware === (arch === 'arm64' ? 'x64-vnni' : 'arm64'),
  );
  expect(foreign).toHaveLength(4);
  for (const row of foreign) {
    expect(row.latency).toBeUndefined();
    expect(row.notes.join()).toMatch(/not measured: this machine is no/);
  }
  // Eight rows of the table, and no two of them read alike.
  const labels = stdout.match(/^(?! +[·–]).{2} *(float32|int8-weights)\.\S+ \([^)]+\)/gm) ?? [];
  expect(new Set(labels.map((label) => label.slice(1).trim())).size).toBe(8);
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
