import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Sources } from '../../shared/pipeline/data-refs.ts';
import { openMetricRef, referToMetric } from '../../shared/pipeline/metric-ref.ts';
import { inlineContext } from './inline-context.ts';

const { folder } = inlineContext();

test('a name stays a name; a module and an alphabet become digests', async () => {
  const sources: Sources = {};
  expect(await referToMetric('top1', undefined, sources)).toEqual({ name: 'top1' });
  const module = join(folder, 'score.mjs');
  writeFileSync(module, 'export const score = () => 0.5;');
  const ref = await referToMetric(module, undefined, sources);
  expect(ref).toEqual({ module: expect.stringMatching(/^sha256:/) });
  const metric = await openMetricRef(ref, { locate: async (digest) => sources[digest] ?? 'none' });
  expect(metric.statistics({}, {})).toEqual([0.5]);
  const alphabet = join(folder, 'keys.txt');
  writeFileSync(alphabet, 'a\nb\n');
  expect(await referToMetric('cer', alphabet, sources)).toMatchObject({
    name: 'cer',
    alphabet: expect.any(String),
  });
});

test('a module’s digest changes with it and with the files that it imports', async () => {
  const module = join(folder, 'own.mjs');
  const helper = join(folder, 'helper.mjs');
  const digest = async () => (await referToMetric(module, undefined, {})).module;
  writeFileSync(helper, 'export const half = 0.5;');
  writeFileSync(
    module,
    "import { half } from './helper.mjs';\n// once: import './gone.mjs'\nexport const score = () => half;",
  );
  const first = await digest();
  expect(await digest()).toBe(first);
  writeFileSync(helper, 'export const half = 0.25;');
  const second = await digest();
  expect(second).not.toBe(first);
  writeFileSync(module, "export { half as score } from './helper.mjs';");
  expect(new Set([first, second, await digest()]).size).toBe(3);
});

test('a module that is not there is named', async () => {
  await expect(referToMetric(join(folder, 'none.mjs'), undefined, {})).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('none.mjs'),
  });
});
