import { expect, test } from 'vitest';
import type { NamedTensors } from '../../shared/base/tensor.ts';
import { foldOutputs } from '../../shared/runtime/fold-outputs.ts';
import { graph, model, node } from '../onnx/_build.ts';
import { typed } from './_models.ts';

const main = graph([node('Neg', ['x'], ['y']), node('Add', ['x', 'x'], ['z'])], [], ['y', 'z']);
const doubling = model({ ...main, inputs: [typed('x', 'float32', ['n'])] });

function* samples(...rows: number[][]): Generator<NamedTensors> {
  for (const row of rows)
    yield { x: { type: 'float32', dims: [row.length], data: Float32Array.from(row) } };
}

test('outputs of all samples are folded in the child', async () => {
  const rows = Array.from({ length: 7 }, (_, index) => [index, 1]);
  const folded = await foldOutputs(doubling, samples(...rows), { y: 'min', z: 'sum' });
  expect(folded).toEqual({
    y: { fold: 'min', dims: [2], values: Float64Array.of(-6, -1) },
    z: { fold: 'sum', dims: [2], values: Float64Array.of(42, 14) },
  });
});

test('without samples there is nothing', async () => {
  expect(await foldOutputs(doubling, samples(), { y: 'min' })).toEqual({});
});

test('a sample that does not fit says so', async () => {
  const wrong = [{ y: { type: 'float32', dims: [1], data: Float32Array.of(1) } }] as const;
  await expect(foldOutputs(doubling, wrong, { y: 'min' })).rejects.toThrow(/x/);
});
