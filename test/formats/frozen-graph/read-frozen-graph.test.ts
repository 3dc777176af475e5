import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFrozenGraph } from '../../../shared/formats/frozen-graph/read-frozen-graph.ts';
import { ROOT } from '../../architecture/sources.ts';
import { errorsOf, goldenOf, modelFolder, readArrays } from '../saved-model/_models.ts';

const shown = 'graph.pb';
const small = (name: string, options = {}) =>
  readFrozenGraph(join(modelFolder(name), 'graph.pb'), { shown, ...options });
const digits = join(ROOT, 'test/fixtures/tensorflow/digits_cnn');

describe('frozen graphs', () => {
  it('compute what TensorFlow does, from constants of every kind', async () => {
    using source = await small('frozen');
    const { inputs, outputs } = goldenOf('frozen');
    const errors = await errorsOf(source, inputs, outputs);
    expect(Object.keys(errors).sort()).toEqual(['best:0', 'best:1', 'sum_squares:0']);
    // Sums of float32 in another order.
    for (const error of Object.values(errors)) expect(error).toBeLessThan(1e-5);
    expect(source.notes).toEqual(['The placeholder "unused" is left out: no output needs it.']);
    expect(source.producer).toMatch(/^TensorFlow \(graph version \d{4}\)$/);
  });

  it('a Keras model', async () => {
    using source = await readFrozenGraph(join(digits, 'frozen.pb'), { shown });
    const image = readArrays(join(digits, 'inputs.npz')).get('image');
    const probs = readArrays(join(digits, 'outputs.npz')).get('out0');
    if (!image || !probs) throw new Error('no arrays');
    const errors = await errorsOf(
      source,
      new Map([['image:0', image]]),
      new Map([['Identity:0', probs]]),
    );
    expect(errors['Identity:0']).toBeLessThan(1e-5);
  });

  it('one output of many, from a tensor inside', async () => {
    using source = await small('frozen', { inputs: ['sum'], outputs: ['best:1'] });
    const { inputs, outputs } = source.model.graph;
    expect(inputs).toMatchObject([
      { name: 'sum:0', type: { elementType: 'float32', shape: ['batch', 4] } },
    ]);
    expect(outputs.map(({ name }) => name)).toEqual(['best:1']);
  });

  it('outputs that are not there', async () => {
    await expect(small('frozen', { outputs: ['beast'] })).rejects.toThrow(
      'graph.pb has no node "beast" (did you mean "best"?)',
    );
  });

  it('an input that the outputs do not need', async () => {
    await expect(small('frozen', { inputs: ['best:1'], outputs: ['sum_squares'] })).rejects.toThrow(
      'graph.pb has no tensor "best:1"',
    );
  });

  it('variables without values', async () => {
    await expect(small('unfrozen')).rejects.toMatchObject({
      message: expect.stringContaining('VariableV2 (1×: "w") – its value is not in the file'),
      hint: expect.stringContaining('frozen graph'),
    });
  });
});
