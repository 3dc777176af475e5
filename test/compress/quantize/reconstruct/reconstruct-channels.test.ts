import { expect, test } from 'vitest';
import type { WeightedNode } from '../../../../shared/compress/quantize/int8/weighted-nodes.ts';
import { findWeightedNodes } from '../../../../shared/compress/quantize/int8/weighted-nodes.ts';
import { reconstructChannels } from '../../../../shared/compress/quantize/reconstruct/reconstruct-channels.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import { floatValues } from '../../../../shared/onnx/tensor-data.ts';
import { correlated } from '../_moments.ts';
import { float32, modelOf, weight } from '../_numeric.ts';
import { outputError } from './_forms.ts';

function nodeOf(op: 'Conv' | 'MatMul', dims: readonly number[], group = 1): WeightedNode {
  const attributes = op === 'Conv' ? { group } : {};
  const model = modelOf(
    [makeNode(op, ['x', 'w'], ['y'], attributes)],
    [float32('x', [])],
    [float32('y', [])],
    [weight('w', dims)],
  );
  const [node] = findWeightedNodes(model).weighted;
  if (!node) throw new Error('it has weights');
  return node;
}

/** The largest weight of each row at 127. */
function peaks(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  return Float32Array.from({ length: rows }, (_, row) => {
    const own = values.subarray(row * columns, (row + 1) * columns);
    return Math.max(...own.map(Math.abs)) / 127;
  });
}

test('each group of a Conv is rounded with its own inputs', () => {
  const node = nodeOf('Conv', [8, 3, 2, 2], 2);
  const values = floatValues(node.weight);
  const nearest = peaks(values, 8);
  const products = [correlated(12, 1), correlated(12, 2)];
  const found = reconstructChannels(node, values, nearest, { size: 12, products }, 0.01);
  expect(found.codes).toHaveLength(96);
  const errorOf = (codes: Int8Array, scales: Float32Array): number =>
    Array.from({ length: 8 }, (_, row) =>
      outputError(
        { columns: 12, values, block: 12 },
        { codes, scales },
        products[row < 4 ? 0 : 1] ?? new Float64Array(),
        row,
      ),
    ).reduce((sum, error) => sum + error, 0);
  const plain = Int8Array.from(values, (value, at) =>
    Math.round(value / (nearest[Math.floor(at / 12)] ?? 1)),
  );
  if (!(found.codes instanceof Int8Array)) throw new Error('they are 8 bits');
  const error = errorOf(found.codes, found.scales);
  expect(error).toBeLessThan(0.5 * errorOf(plain, nearest));
  const swapped = { size: 12, products: products.toReversed() };
  const other = reconstructChannels(node, values, nearest, swapped, 0.01);
  if (!(other.codes instanceof Int8Array)) throw new Error('they are 8 bits');
  expect(error).toBeLessThan(errorOf(other.codes, other.scales));
});

test('codes lie as the tensor does, and scales of rows in parts stay', () => {
  const node = nodeOf('MatMul', [20, 6]);
  const stored = floatValues(node.weight);
  const values = Float32Array.from(
    stored,
    (_, at) => stored[(at % 20) * 6 + Math.floor(at / 20)] ?? 0,
  );
  const nearest = peaks(values, 6);
  const halves = { size: 10, products: [correlated(10, 3), correlated(10, 4)] };
  const { codes, scales } = reconstructChannels(node, values, nearest, halves, 0.01);
  expect([...scales]).toEqual([...nearest]);
  for (const [at, code] of codes.entries()) {
    const scale = scales[at % 6] ?? 0;
    // Errors are moved to neighbours: no code goes far from its weight.
    expect(Math.abs(code * scale - (stored[at] ?? 0))).toBeLessThan(6 * scale);
  }
});
