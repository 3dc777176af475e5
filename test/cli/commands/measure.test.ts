import { cpSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { DIGITS, fettle, makePlace } from '../../e2e/fettle.ts';

const place = makePlace();
afterAll(() => place.remove());

test('against a base, timed side by side', async () => {
  cpSync(DIGITS, place.path('base.onnx'));
  await fettle(place, 'convert', DIGITS, '-o', 'new.onnx');
  const { code, stdout } = await fettle(
    place,
    'measure',
    'new.onnx',
    '--against',
    'base.onnx',
    '--seconds',
    '10ms',
    '--json',
    '-q',
  );
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
  expect([0, 1]).toContain(code);
});
