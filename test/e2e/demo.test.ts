/** `fettle demo`, as `npm start` runs it: what a newcomer sees first. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseReport } from '../../shared/report/schema.ts';
import { makePlace, type Result, spawnFettle } from './fettle.ts';

const place = makePlace();
let first: Result;
beforeAll(async () => {
  first = await spawnFettle(place, ['demo']);
}, 120_000);
afterAll(() => place.remove());

const report = () =>
  parseReport(
    JSON.parse(readFileSync(place.path('fettle-demo/report.json'), 'utf8')),
    'report.json',
  );

test('makes every default variant that there can be of the digits model, with its real test set', () => {
  expect(first.code).toBe(0);
  const [model] = report().models;
  expect(model?.data).toMatchObject({ calibration: 128, evaluation: 450, synthetic: false });
  expect(model?.variants.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'float32 done',
    'float16 done',
    'int8 done',
    'int4 skipped',
    'auto done',
  ]);
  const int4 = model?.variants.find(({ name }) => name === 'int4');
  expect(int4?.reason).toMatch(/^nothing in it takes 4 bits: .* 480 weights, too few/);
  for (const { name, status, accuracy, latency, fidelity, artifact } of model?.variants ?? []) {
    if (status !== 'done') continue;
    expect(existsSync(place.path(`fettle-demo/${artifact?.path}`)), name).toBe(true);
    // Right on every x64 CPU: 445 of 450 in float32, and none falls off.
    expect(accuracy?.value, name).toBeGreaterThan(0.97);
    expect(fidelity?.cosine, name).toBeGreaterThan(0.99);
    expect(latency?.ms, name).toBeGreaterThan(0);
  }
  expect(model?.recommended).toBeDefined();
});

test('starts from a Keras file, whose conversion is proved', () => {
  const [model] = report().models;
  expect(model?.source).toMatchObject({
    format: 'keras',
    agrees: true,
    verified: expect.stringMatching(/^agrees within \S+ of TensorFlow\.js/),
  });
  expect(first.stdout).toMatch(/digits keras, 90\.7 kB, agrees within/);
});

test('recommends nothing that is slower or less accurate', () => {
  const [model] = report().models;
  const row = model?.variants.find(({ name }) => name === model.recommended);
  expect(row?.latency?.verdict).not.toBe('slower');
  expect(row?.accuracy?.verdict).not.toBe('worse');
});

test('files that are the same are said to be the same', () => {
  const candidates = report().models[0]?.auto?.candidates ?? [];
  expect(candidates.map(({ name }) => name)).toEqual([
    'float16',
    'int8',
    'int8-dynamic',
    'int8-weights',
  ]);
  expect(candidates.at(-1)?.reason).toBe('the same file as int8-dynamic');
});

test('the table says that latencies were taken shortly, and the last lines how to go on', () => {
  expect(first.stdout).toMatch(/short latency protocol/i);
  const last = first.stdout.trim().split('\n').slice(-3);
  expect(last[0]).toContain('fettle-demo/report.html');
  expect(last[1]).toContain('fettle optimize model.keras --data test.npz');
  expect(existsSync(place.path('fettle-demo/report.html'))).toBe(true);
});

test('takes less than a minute, and the second time next to nothing', async () => {
  const { seconds } = report();
  expect(seconds).toBeLessThan(60);
  const again = await spawnFettle(place, ['demo', '--json']);
  expect(JSON.parse(again.stdout).seconds).toBeLessThan(seconds / 2);
});
