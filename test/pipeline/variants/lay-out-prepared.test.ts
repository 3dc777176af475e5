import { expect, it } from 'vitest';
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import type { StoredTensor } from '../../../shared/onnx/stored-tensor.ts';
import { looksOf } from '../../../shared/pipeline/variants/lay-out-prepared.ts';
import { graph, model, node } from '../../onnx/_build.ts';

/** Tensors of so many bytes, each a megabyte behind the one before. */
function modelOf(sizes: readonly number[]) {
  let at = 0;
  const tensors = sizes.map((size, index): StoredTensor => {
    const offset = at;
    at += size + 1e6;
    const range = { source: memorySource(new Uint8Array()), offset, length: size };
    const storage = { kind: 'file', range, external: { location: 'x' } } as const;
    return { name: `w${index}`, type: 'uint8', dims: [size], storage };
  });
  const initializers = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  return model(graph([node('Identity', ['w0'], ['y'])], [], ['y'], { initializers }));
}

it('small constants whole, of large ones the ends', () => {
  expect(looksOf(modelOf([2000, 5e6]))).toEqual([
    {
      location: 'x',
      ranges: [
        { offset: 0, length: 2000 },
        { offset: 1_002_000, length: 256 },
        { offset: 6_001_744, length: 256 },
      ],
    },
  ]);
});

it('no more than a function fetches in seconds, and as many places as an order holds', () => {
  const bytes = (sizes: readonly number[]) =>
    (looksOf(modelOf(sizes))?.[0]?.ranges ?? []).reduce((sum, { length }) => sum + length, 0);
  expect(bytes(Array.from({ length: 500 }, () => 1e6))).toBeLessThan(257e6);
  expect(looksOf(modelOf(Array.from({ length: 5_001 }, () => 2e6)))).toBeUndefined();
});

it('a model without weights beside it has nothing to look at', () => {
  expect(looksOf(model(graph([node('Relu', ['x'], ['y'])], ['x'], ['y'])))).toEqual([]);
});
