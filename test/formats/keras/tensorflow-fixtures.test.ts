/** Four models in each container, against what TensorFlow gave: `test/fixtures/tensorflow`. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { TOLERANCE } from './_cases.ts';
import { readAny } from './_files.ts';
import { errorOf, readArrays, runModel } from './_run.ts';

interface Fixture {
  readonly path: string;
  readonly inputs: string;
  readonly outputs: string;
  readonly inputMap: Readonly<Record<string, string>>;
}

const root = fileURLToPath(new URL('../../fixtures/tensorflow/', import.meta.url));
const all: readonly Fixture[] = JSON.parse(readFileSync(`${root}fixtures.json`, 'utf8')).models;
const fixtures = all.filter(({ path }) => /\.(keras|h5)$/.test(path) && existsSync(root + path));

it('there are such files', () => {
  expect(fixtures.length).toBeGreaterThanOrEqual(13);
});

it.each(fixtures)('$path', async ({ path, inputs, outputs, inputMap }) => {
  const given = await readArrays(root + inputs);
  const wanted = await readArrays(root + outputs);
  using source = await readAny(root + path);
  const feeds = Object.entries(inputMap).flatMap(([name, key]) => {
    const array = given[key];
    return array ? [[name, array] as const] : [];
  });
  const results = await runModel(source.model, Object.fromEntries(feeds));
  const names = source.model.graph.outputs.map(({ name }) => name);
  expect(names).toHaveLength(Object.keys(wanted).length);
  for (const [index, name] of names.entries()) {
    const right = wanted[`out${index}`];
    expect(right).toBeDefined();
    if (right) expect(errorOf(results[name], right)).toBeLessThanOrEqual(TOLERANCE);
  }
});
