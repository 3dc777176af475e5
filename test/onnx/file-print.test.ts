import { expect, it } from 'vitest';
import { memorySource } from '../../shared/onnx/byte-source.ts';
import { planFiles } from '../../shared/onnx/file-plan.ts';
import { printOf } from '../../shared/onnx/file-print.ts';
import { computedTensor, float32Tensor } from '../../shared/onnx/make-tensor.ts';
import type { StoredTensor } from '../../shared/onnx/stored-tensor.ts';
import { graph, model, node } from './_build.ts';

const refuse = (): never => expect.fail('weights were read');
const beside = (offset: number): StoredTensor => ({
  ...{ name: 'w', type: 'uint8', dims: [5000] },
  storage: {
    kind: 'file',
    range: {
      source: { ...memorySource(new Uint8Array()), read: refuse, readInto: refuse },
      ...{ offset, length: 5000 },
    },
    external: { location: 'x' },
  },
});

function prints(tensor: StoredTensor, name = 'b'): readonly string[] {
  const initializers = new Map([
    [tensor.name, tensor],
    [name, float32Tensor(name, [1], [1])],
  ]);
  const made = model(graph([node('Identity', ['w'], ['y'])], [], ['y'], { initializers }));
  const { model: file, data } = planFiles(made, 'y', 'always');
  return [printOf(file), ...(data ? [printOf(data)] : [])];
}

it('is told by the places of weights and by all other bytes', () => {
  const [file, data] = prints(beside(100));
  expect(prints(beside(100))).toEqual([file, data]);
  const moved = prints(beside(101));
  expect(moved[0]).toBe(file);
  expect(moved[1]).not.toBe(data);
  expect(prints(beside(100), 'c')[0]).not.toBe(file);
});

it('computes what is computed', () => {
  const made = (value: number) =>
    computedTensor('w', 'uint8', [5000], () => new Uint8Array(5000).fill(value));
  expect(prints(made(1))).toEqual(prints(made(1)));
  expect(prints(made(1))[1]).not.toBe(prints(made(2))[1]);
});
