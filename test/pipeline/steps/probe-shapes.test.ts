import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { float32Tensor, int64Tensor } from '../../../shared/onnx/make-tensor.ts';
import type { Model, ValueInfo } from '../../../shared/onnx/model.ts';
import { storeModel } from '../../../shared/pipeline/artifact.ts';
import { probeShapesStep } from '../../../shared/pipeline/steps/probe-shapes.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { graph, model, node } from '../../onnx/_build.ts';
import { inlineContext } from '../inline-context.ts';

afterAll(closeSharedProcess);
const { store, folder, log } = inlineContext();
let count = 0;

async function probe(of: Model, shapes: Record<string, number[]> = {}) {
  const tempDir = join(folder, `p${++count}`);
  mkdirSync(tempDir);
  const tools = {
    store,
    tempDir,
    log,
    progress: () => {},
    locate: (digest: Parameters<typeof store.pathOf>[0]) => store.pathOf(digest),
  };
  return probeShapesStep.run({ model: await storeModel(of, tools), shapes, seed: 0 }, tools);
}

const info = (name: string, shape: (number | string | null)[]): ValueInfo => ({
  name,
  type: { kind: 'tensor', elementType: 'float32', shape },
});

/** Reflects `pads` elements on the left of the last axis, which must be longer than that; adds a state of one row. */
function padded(pads: number): Model {
  const main = graph(
    [
      node(
        'Pad',
        ['x', 'pads'],
        ['p'],
        [['mode', { type: 'string', value: Buffer.from('reflect') }]],
      ),
      node('Add', ['x', 'state'], ['s']),
    ],
    [],
    [],
    {
      inputs: [info('x', ['n', 't']), info('state', [1, null])],
      outputs: [info('p', ['n', 'u']), info('s', ['n', 't'])],
      initializers: new Map([['pads', int64Tensor('pads', [4], [0, pads, 0, 0])]]),
    },
  );
  return model(main);
}

test('free dimensions are 1 where the model runs with that', async () => {
  const { shapes, notes } = await probe(padded(0));
  expect(shapes).toEqual({ x: [1, 1], state: [1, 1] });
  expect(notes).toEqual([expect.stringMatching(/taken as 1: give others with --shape x=/)]);
});

test('else the first size with which it runs, and the report says so', async () => {
  const { shapes, notes } = await probe(padded(8));
  expect(shapes).toMatchObject({ x: [1, 32] });
  expect(notes[0]).toMatch(/taken as 32, as the model does not run with 1 \(.*reflect/);
});

test('sizes at which all inputs give the same are passed over', async () => {
  // Inputs of about 1 each: only many of them together reach the threshold.
  const flat = (threshold: number): Model =>
    model(
      graph(
        [
          node('Abs', ['x'], ['a']),
          node('ReduceSum', ['a'], ['s'], [['keepdims', { type: 'int', value: 0 }]]),
          node('Sub', ['s', 't'], ['d']),
          node('Relu', ['d'], ['y']),
        ],
        [],
        [],
        {
          inputs: [info('x', ['n', 'c'])],
          outputs: [info('y', [])],
          initializers: new Map([['t', float32Tensor('t', [], [threshold])]]),
        },
      ),
    );
  expect(await probe(flat(10))).toMatchObject({
    shapes: { x: [1, 32] },
    notes: [expect.stringMatching(/taken as 32, as with 1 all inputs give the same outputs/)],
  });
  expect(await probe(flat(1e6))).toMatchObject({
    shapes: { x: [1, 1] },
    notes: [expect.stringMatching(/taken as 1, where all random inputs give the same outputs/)],
  });
});

test('what the user gave stays; a model that runs with nothing says so', async () => {
  expect((await probe(padded(8), { x: [2, 40] })).shapes.x).toEqual([2, 40]);
  expect(await probe(padded(5000))).toMatchObject({
    shapes: { x: [1, 1] },
    notes: [expect.stringMatching(/does not run with free dimensions of 1, 32, 224, 512/)],
  });
});
