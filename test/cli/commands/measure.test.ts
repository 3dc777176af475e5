import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DIGITS, fettle, makePlace, REPOSITORY } from '../../e2e/fettle.ts';

const place = makePlace();
afterAll(() => place.remove());
beforeAll(async () => {
  cpSync(DIGITS, place.path('base.onnx'));
  await fettle(place, 'convert', DIGITS, '-o', 'new.onnx');
});

const measure = (...argv: string[]) => fettle(place, 'measure', ...argv, '--seconds', '10ms', '-q');

test('a model alone: its numbers, compared with nothing', async () => {
  const data = ['--data', join(REPOSITORY, 'examples/digits/test.npz')];
  const { code, stdout, stderr } = await measure('base.onnx', ...data, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const report = JSON.parse(stdout);
  expect(report).not.toHaveProperty('comparison');
  expect(report.models).toHaveLength(1);
  const [row, ...more] = report.models[0].variants;
  expect(more).toEqual([]);
  expect(row).toMatchObject({
    size: { bytes: expect.any(Number) },
    latency: { ms: expect.any(Number), loadMs: expect.any(Number) },
    accuracy: { metric: 'top1', value: expect.any(Number) },
  });
  expect(row.latency).not.toHaveProperty('ratio');
  expect(row.accuracy).not.toHaveProperty('difference');
});

test('against a base, timed side by side; a budget that is kept is exit 0', async () => {
  const budget = ['--budget', 'size=+50%'];
  const { code, stdout } = await measure('new.onnx', '--against', 'base.onnx', ...budget, '--json');
  expect(code).toBe(0);
  const report = JSON.parse(stdout);
  expect(report.comparison).toMatchObject({
    kind: 'models',
    base: { label: 'base.onnx' },
    head: { label: 'new.onnx' },
  });
  expect(report.models[0].variants[0]).toMatchObject({
    latency: { ratio: expect.any(Number) },
    fidelity: { cosine: 1, synthetic: true },
  });
});

test('a broken budget is exit 1, and the table is complete', async () => {
  const { code, stdout } = await measure(
    ...['new.onnx', '--against', 'base.onnx', '--budget', 'size=-50%'],
  );
  expect(code).toBe(1);
  expect(stdout).toMatch(/over budget: size[\s\S]*budget −?-?50%: broken/);
});
