/** Recurrent layers as Keras and TensorFlow.js write them, in the files of test/fixtures/tensorflow. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSavedModel } from '../../../../shared/formats/saved-model/read-saved-model.ts';
import { readTfjs } from '../../../../shared/formats/tfjs/read-tfjs.ts';
import { ROOT } from '../../../architecture/sources.ts';
import { type Arrays, errorsOf, readArrays } from '../../saved-model/_models.ts';
import { opsOf } from './_cases.ts';

interface Fixture {
  readonly path: string;
  readonly inputs: string;
  readonly outputs: string;
  /** Names in the file by names in the arrays, the other way round. */
  readonly inputMap?: Readonly<Record<string, string>>;
  readonly outputMap?: Readonly<Record<string, string>>;
}

const FOLDER = join(ROOT, 'test/fixtures/tensorflow');
const { models } = JSON.parse(readFileSync(join(FOLDER, 'fixtures.json'), 'utf8')) as {
  readonly models: readonly Fixture[];
};

function fixtureAt(path: string): Fixture {
  const found = models.find((fixture) => fixture.path === path);
  if (!found) throw new Error(`there is no fixture ${path}`);
  return found;
}

/** The arrays under the names that the file has for them. */
const renamed = (arrays: Arrays, map: Readonly<Record<string, string>>): Arrays =>
  new Map(
    Object.entries(map).flatMap(([name, key]) => {
      const array = arrays.get(key);
      return array ? [[name, array] as const] : [];
    }),
  );

describe('files with recurrent layers', () => {
  it.each([
    ['bilstm/saved_keras3', readSavedModel],
    ['bilstm/saved_keras2', readSavedModel],
    ['bilstm/tfjs_graph', readTfjs],
  ])('%s has its loops become two LSTMs', async (path, read) => {
    using source = await read(join(FOLDER, path), { shown: path });
    expect(opsOf(source.model)).toMatchObject({ LSTM: 2 });
    expect(opsOf(source.model)).not.toHaveProperty('Loop');
    const fixture = fixtureAt(path);
    const [output = ''] = source.model.graph.outputs.map(({ name }) => name);
    const outputMap = fixture.outputMap ?? { [output]: 'out0' };
    const inputMap = fixture.inputMap ?? { tokens: 'tokens' };
    const errors = await errorsOf(
      source,
      renamed(readArrays(join(FOLDER, fixture.inputs)), inputMap),
      renamed(readArrays(join(FOLDER, fixture.outputs)), outputMap),
    );
    expect(Object.keys(errors)).toHaveLength(1);
    // Probabilities, behind sums of some hundred products.
    for (const error of Object.values(errors)) expect(error).toBeLessThanOrEqual(1e-5);
  });
});
