import { expect, test } from 'vitest';
import { LimitError } from '../../../shared/base/errors.ts';
import { rangeOf, syntheticData } from '../../../shared/measure/data/synthetic.ts';
import { float32Tensor, int64Tensor } from '../../../shared/onnx/make-tensor.ts';
import type { Model, ValueInfo } from '../../../shared/onnx/model.ts';
import { graph, model, node } from '../../onnx/_build.ts';

const info = (
  name: string,
  elementType: 'float32' | 'int64' | 'float16' | 'uint8',
  shape: (number | string)[],
): ValueInfo => ({
  name,
  type: { kind: 'tensor', elementType, shape },
});

function modelOf(inputs: readonly ValueInfo[], metadata: Record<string, string> = {}): Model {
  return model(graph([], [], [], { inputs }), { metadata: new Map(Object.entries(metadata)) });
}

const spec = { samples: 4, seed: 1, shapes: { x: [1, 2, 3] } };

test('the same seed gives the same inputs, in any order; another seed others', async () => {
  const made = modelOf([info('x', 'float32', ['n', 2, 3]), info('half', 'float16', [2])]);
  const one = syntheticData(made, spec);
  const two = syntheticData(made, spec);
  await one.sample(0);
  expect(await one.sample(3)).toEqual(await two.sample(3));
  expect(await one.sample(0)).not.toEqual(await one.sample(1));
  const other = syntheticData(made, { ...spec, seed: 2 });
  expect(await other.sample(3)).not.toEqual(await one.sample(3));
  expect(other.digest).not.toBe(one.digest);
  expect((await one.sample(0)).x?.dims).toEqual([1, 2, 3]);
  expect(one.hasLabels).toBe(false);
});

test('free dimensions without a shape are 1', async () => {
  const data = syntheticData(modelOf([info('x', 'float32', ['n', 'm', 5])]), {
    ...spec,
    shapes: {},
  });
  expect((await data.sample(0)).x?.dims).toEqual([1, 1, 5]);
});

test('ranges: images, declared pixels, plain numbers', () => {
  const image = { name: 'i', type: 'float32', shape: [1, 3, 8, 8] } as const;
  expect(rangeOf(image, modelOf([]))).toMatchObject({ kind: 'uniform', low: 0, high: 1 });
  expect(
    rangeOf(image, modelOf([], { 'Image.NominalPixelRange': 'NominalRange_0_255' })),
  ).toMatchObject({ high: 255 });
  expect(rangeOf({ name: 'v', type: 'float32', shape: [1, 8] }, modelOf([]))).toMatchObject({
    kind: 'normal',
  });
});

test('an input that indexes a table stays in it', async () => {
  const main = graph([node('Gather', ['table', 'ids'], ['e'])], [], [], {
    inputs: [info('ids', 'int64', [1, 50])],
    initializers: new Map([['table', float32Tensor('table', [7, 2], new Float32Array(14))]]),
  });
  const { ids } = await syntheticData(model(main), spec).sample(0);
  const values = Array.from(ids?.data ?? [], Number);
  expect(Math.max(...values)).toBeLessThan(7);
  expect(new Set(values).size).toBeGreaterThan(3);
});

test('a table is found behind a cast, and in a Constant node', async () => {
  const value = float32Tensor('', [5, 2], new Float32Array(10));
  const main = graph(
    [
      node('Constant', [], ['table'], [['value', { type: 'tensor', value }]]),
      node('Cast', ['ids'], ['wide']),
      node('Unsqueeze', ['wide', 'axes'], ['column']),
      node('Gather', ['table', 'column'], ['e']),
    ],
    [],
    [],
    { inputs: [info('ids', 'int64', [1, 50])] },
  );
  const ids = { name: 'ids', type: 'int64', shape: [1, 50] } as const;
  expect(rangeOf(ids, model(main))).toEqual({
    kind: 'index',
    below: 5,
    why: 'it indexes a table of 5',
  });
});

test('a switch takes the value that the model asks for', async () => {
  const main = graph([node('Equal', ['sr', 'rate'], ['is'])], [], [], {
    inputs: [info('sr', 'int64', [])],
    initializers: new Map([['rate', int64Tensor('rate', [], [16000])]]),
  });
  const { sr } = await syntheticData(model(main), spec).sample(0);
  expect(sr).toEqual({ type: 'int64', dims: [], data: BigInt64Array.of(16000n) });
});

test('an input that cannot be fed is found before it is drawn', () => {
  const huge = modelOf([info('x', 'float32', [1_000_000, 1_000_000])]);
  expect(() => syntheticData(huge, { ...spec, shapes: {} })).toThrow(LimitError);
  expect(() => syntheticData(huge, { ...spec, shapes: {} })).toThrow(
    /input "x" .* has 4,000,000,000,000 bytes/,
  );
});
