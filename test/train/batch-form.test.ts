import { afterAll, describe, expect, test } from 'vitest';
import { parseModel } from '../../shared/onnx/text/parse-model.ts';
import { openSession } from '../../shared/runtime/session.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { batchForm, stack } from '../../shared/train/batch-form.ts';
import { floats } from './_run-emitted.ts';

afterAll(closeSharedProcess);
const modelOf = (text: string) => parseModel(`<ir_version: 8, opset_import: ["": 17]> ${text}`);
const sample = { x: floats([1, 4], 1, 2, 3, 4) };

describe('a batch', () => {
  test('of a free one, with computed shapes', async () => {
    const model = modelOf(
      `g (float[n,4] x) => (float[n,2,2] y) <int64[1] rest = {2, 2}, int64 i = {0}, int64[1] axes = {0}> {
      s = Shape (x) k = Gather (s, i) u = Unsqueeze (k, axes) to = Concat <axis = 0> (u, rest) y = Reshape (x, to) }`.replace(
        'int64[1] rest',
        'int64[2] rest',
      ),
    );
    const form = await batchForm(model, sample, 8);
    expect(form.batch).toBe(8);
    expect(form.model.graph.nodes.map(({ opType }) => opType)).toEqual(['Reshape']);
    expect(form.model.graph.inputs[0]?.type).toMatchObject({ shape: [8, 4] });
  });

  test('of a model for one sample, where shapes are written down', async () => {
    const model =
      modelOf(`g (float[1,4] x) => (float[1,2] y) <int64[3] to = {1, 2, 2}, int64[2] back = {1, 4}, float[4,2] w = {1, 0, 0, 1, 1, 1, 0, 0}> {
      a = Reshape (x, to) b = Relu (a) c = Reshape (b, back) y = MatMul (c, w) }`);
    const { model: many, inputs, batch } = await batchForm(model, sample, 3);
    expect(batch).toBe(3);
    const samples = [1, 2, 3].map((by) => ({ x: floats([1, 4], by, -by, 2 * by, 1) }));
    await using one = await openSession(model);
    await using all = await openSession(many);
    const wanted = await Promise.all(samples.map((each) => one.run(each)));
    const { y } = await all.run(stack(inputs, samples));
    expect(Array.from(y?.data ?? [], Number)).toEqual(
      wanted.flatMap((each) => Array.from(each.y?.data ?? [], Number)),
    );
  });

  test('is one sample where outputs would not be as many', async () => {
    const model = modelOf(`g (float[1,4] x) => (float[4,1] y) { y = Transpose (x) }`);
    const form = await batchForm(model, sample, 3);
    expect(form.batch).toBe(1);
    expect(form.model.graph.inputs[0]?.type).toMatchObject({ shape: [1, 4] });
  });

  test('is one sample where samples would be mixed', async () => {
    const model = modelOf(`g (float[1,4] x) => (float[1,4] y) <int64[1] axes = {0}> {
      m = ReduceSum (x, axes) y = Mul (m, x) }`);
    expect((await batchForm(model, sample, 3)).batch).toBe(1);
  });

  test('must be fed', async () => {
    const model = modelOf('g (float[n,4] z) => (float[n,4] y) { y = Neg (z) }');
    await expect(batchForm(model, sample, 3)).rejects.toThrow('nothing for the input "z"');
  });
});

test('samples are stacked along the axis of each input', () => {
  const inputs = [
    { name: 'x', axis: 0, dims: [1, 2] },
    { name: 'state', axis: 1, dims: [2, 1, 2] },
    { name: 'rate', axis: undefined, dims: [] },
  ];
  const feeds = [1, 2].map((by) => ({
    x: floats([1, 2], by, by),
    state: floats([2, 1, 2], by, by, -by, -by),
    rate: floats([], 7),
  }));
  expect(stack(inputs, feeds)).toEqual({
    x: floats([2, 2], 1, 1, 2, 2),
    state: floats([2, 2, 2], 1, 1, 2, 2, -1, -1, -2, -2),
    rate: floats([], 7),
  });
  const texts = [
    ['a', 'b'],
    ['c', 'd'],
  ].map((data) => ({ x: { type: 'string' as const, dims: [1, 2], data } }));
  expect(stack(inputs.slice(0, 1), texts)).toEqual({
    x: { type: 'string', dims: [2, 2], data: ['a', 'b', 'c', 'd'] },
  });
});
