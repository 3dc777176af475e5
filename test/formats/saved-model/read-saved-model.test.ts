import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { readSavedModel } from '../../../shared/formats/saved-model/read-saved-model.ts';
import { ROOT } from '../../architecture/sources.ts';
import { copyOf, errorsOf, goldenOf, modelFolder, readArrays } from './_models.ts';

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

const read = (name: string, options = {}) =>
  readSavedModel(modelFolder(name), { shown, ...options });

describe('signatures', () => {
  it('the one that is asked for', async () => {
    using source = await read('module_signatures', { signature: 'plain' });
    expect(source.model.graph.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(source.model.graph.outputs.map(({ name }) => name)).toEqual(['y']);
  });

  it('one that is misspelt', async () => {
    await expect(read('module_signatures', { signature: 'plane' })).rejects.toMatchObject({
      message: 'model has no signature "plane" (did you mean "plain"?)',
      hint: 'Choose one with --signature: "counting", "plain", "serving_default", "train".',
    });
  });

  it('one that trains', async () => {
    await expect(read('module_signatures', { signature: 'train' })).rejects.toMatchObject({
      message:
        'the signature "train" of model trains the model: it runs ResourceApplyGradientDescent',
      hint: 'Choose one that infers with --signature: "counting", "plain", "serving_default".',
    });
  });

  it('one that changes a variable and reads it', async () => {
    await expect(read('module_signatures', { signature: 'counting' })).rejects.toThrow(
      'VarHandleOp (1×: "calls") – it is changed while the model runs',
    );
  });

  it('none at all', async () => {
    await expect(read('module_bare')).rejects.toThrow('model has no signatures');
  });

  it('no graph for inference', async () => {
    await expect(read('tf1_tags')).rejects.toMatchObject({
      message: 'model has no graph with the tag "serve"',
      hint: expect.stringContaining('[train, gpu]'),
    });
  });
});

describe('what is kept of the source', () => {
  it('names, free sizes and notes', async () => {
    using source = await read('module_named_like_inputs');
    const { inputs, outputs } = source.model.graph;
    expect(inputs[0]?.type).toMatchObject({ shape: ['batch', 2] });
    expect(outputs.map(({ name }) => name)).toEqual(['x_output']);
    expect(source.notes).toEqual([
      'The output "x" is named "x_output": an input has the same name.',
    ]);
  });

  it('weights stay in their file', async () => {
    using source = await read('tf1_variables');
    const { initializers } = source.model.graph;
    expect(initializers.get('dense/kernel')?.storage.kind).toBe('file');
  });
});

describe('parts of a graph', () => {
  it('behind text, by the name that the message gives', async () => {
    await expect(read('module_text')).rejects.toMatchObject({
      message: expect.stringContaining('StringToNumber (1×: "numbers")'),
      hint: expect.stringContaining('--inputs'),
    });
    using source = await read('module_text', { inputs: ['numbers'] });
    const { inputs, outputs } = source.model.graph;
    expect(inputs).toMatchObject([
      { name: 'numbers:0', type: { elementType: 'float32', shape: ['batch', 2] } },
    ]);
    expect(outputs.map(({ name }) => name)).toEqual(['y']);
    const numbers = new ort.Tensor('float32', [1, -2, 0.5, 3], [2, 2]);
    const errors = await errorsOf(
      source,
      new Map([['numbers:0', numbers]]),
      goldenOf('module_text').outputs,
    );
    expect(errors.y).toBeLessThan(TOLERANCE);
  });

  it('up to a tensor inside', async () => {
    using source = await read('module_text', { inputs: ['numbers:0'], outputs: ['product'] });
    expect(source.model.graph.outputs.map(({ name }) => name)).toEqual(['product:0']);
  });

  it('a tensor that is not there', async () => {
    await expect(read('module_text', { outputs: ['prodct'] })).rejects.toThrow(
      'model has no tensor "prodct" (did you mean "product"?)',
    );
  });
});

describe('files that are missing or of another kind', () => {
  const change = (name: string, edit: Readonly<Record<string, Uint8Array | null>>): string =>
    copyOf(name, (path, bytes) => {
      const edited = edit[path];
      return edited === undefined ? bytes : (edited ?? undefined);
    });

  it.each([
    ['saved_model.pb', 'model has no saved_model.pb'],
    ['variables/variables.index', 'it has variables, and no variables/variables.index with'],
    ['variables/variables.data-00000-of-00001', 'variables.data-00000-of-00001 is missing'],
  ])('%s', async (file, message) => {
    const folder = change('module_signatures', { [file]: null });
    await expect(readSavedModel(folder, { shown })).rejects.toThrow(message);
  });

  it('an asset', async () => {
    const folder = change('module_tables', { 'assets/ids.txt': null });
    await expect(readSavedModel(folder, { shown })).rejects.toThrow('assets/ids.txt of the model');
  });

  it('data that were cut off', async () => {
    const data = 'variables/variables.data-00000-of-00001';
    const folder = change('module_signatures', { [data]: new Uint8Array(10) });
    await expect(readSavedModel(folder, { shown })).rejects.toThrow('which has 10');
  });

  it('a graph in text form', async () => {
    const folder = copyOf('module_bare', (path, bytes) =>
      path === 'saved_model.pb' ? undefined : bytes,
    );
    writeFileSync(join(folder, 'saved_model.pbtxt'), 'saved_model_schema_version: 1');
    for (const path of [folder, join(folder, 'saved_model.pbtxt')])
      await expect(readSavedModel(path, { shown })).rejects.toMatchObject({
        message: 'model holds its graph as text (saved_model.pbtxt)',
        hint: expect.stringContaining('text_format'),
      });
  });

  it('the file instead of the folder', async () => {
    using source = await readSavedModel(join(modelFolder('tf1_table'), 'saved_model.pb'), {
      shown,
    });
    expect(source.model.graph.outputs).toHaveLength(1);
  });
});
