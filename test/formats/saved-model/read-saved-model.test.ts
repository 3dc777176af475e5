import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSavedModel } from '../../../shared/formats/saved-model/read-saved-model.ts';
import { ROOT } from '../../architecture/sources.ts';
import { errorsOf, goldenOf, modelFolder, readArrays } from './_models.ts';

/** Of the range of each output: sums of float32 in another order. */
const TOLERANCE = 1e-5;

const shown = 'model';

describe('models made for this', () => {
  it.each([
    'module_signatures',
    'module_named_like_inputs',
    'module_types',
    'module_outputs',
    'module_control_flow',
    'module_tables',
    'module_without_saver',
    'tf1_variables',
    'tf1_resource',
    'tf1_parts',
    'tf1_parts_resource',
    'tf1_parts_from_whole',
    'tf1_whole_from_parts',
    'tf1_table',
  ])('%s computes what TensorFlow does', async (name) => {
    using source = await readSavedModel(modelFolder(name), { shown });
    const { inputs, outputs } = goldenOf(name);
    const renamed = name === 'module_named_like_inputs' ? 'x_output' : undefined;
    const wanted = new Map([...outputs].map(([key, array]) => [renamed ?? key, array]));
    const errors = await errorsOf(source, inputs, wanted);
    expect(Object.keys(errors).sort()).toEqual(
      source.model.graph.outputs.map((output) => output.name).sort(),
    );
    for (const error of Object.values(errors)) expect(error).toBeLessThan(TOLERANCE);
  });
});

interface Fixture {
  readonly path: string;
  readonly format: string;
  readonly inputs: string;
  readonly outputs: string;
  readonly inputMap: Readonly<Record<string, string>>;
  readonly outputMap: Readonly<Record<string, string>>;
}

const FIXTURES = join(ROOT, 'test/fixtures/tensorflow');
const { models } = JSON.parse(readFileSync(join(FIXTURES, 'fixtures.json'), 'utf8')) as {
  models: readonly Fixture[];
};

describe('models of Keras and TensorFlow', () => {
  const saved = models.filter(({ format }) => format === 'saved_model');

  it('there are some', () => expect(saved.length).toBeGreaterThan(8));

  it.each(saved)('$path computes what TensorFlow does', async (fixture) => {
    using source = await readSavedModel(join(FIXTURES, fixture.path), { shown });
    const renamed = (map: Readonly<Record<string, string>>, file: string) => {
      const arrays = readArrays(join(FIXTURES, file));
      return new Map(
        Object.entries(map).map(([name, key]) => {
          const array = arrays.get(key);
          if (!array) throw new Error(`no array ${key}`);
          return [name, array] as const;
        }),
      );
    };
    const wanted = renamed(fixture.outputMap, fixture.outputs);
    const errors = await errorsOf(source, renamed(fixture.inputMap, fixture.inputs), wanted);
    for (const error of Object.values(errors)) expect(error).toBeLessThan(TOLERANCE);
    expect(source.producer).toBe('TensorFlow 2.21.0');
    expect(source.notes).toEqual([]);
  });
});
