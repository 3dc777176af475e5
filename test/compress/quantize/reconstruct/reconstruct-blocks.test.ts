import { expect, test } from 'vitest';
import { reconstructBlocks } from '../../../../shared/compress/quantize/reconstruct/reconstruct-blocks.ts';
import {
  type Int4Blocks,
  quantizeBlocks,
} from '../../../../shared/compress/quantize/weights/kernels/int4-blocks.ts';
import { float32Tensor } from '../../../../shared/onnx/make-tensor.ts';
import { correlated } from '../_moments.ts';
import { normals } from '../_numeric.ts';

const [N, K] = [9, 72];
const values = normals(N * K, 3);
const matrix = { K, N, transposed: true };
const tensor = float32Tensor('w', [N, K], values);
const moments = correlated(K, 3);
const inputs = { size: K, products: [moments] };

/** What the codes stand for, [N, K]. */
function decoded({ packed, scales, zeroPoints }: Int4Blocks, block: number): number[] {
  const groups = Math.ceil(K / block);
  return Array.from({ length: N * K }, (_, at) => {
    const [n, k] = [Math.floor(at / K), at % K];
    const group = n * groups + Math.floor(k / block);
    const byte = packed[(group * block + (k % block)) >> 1] ?? 0;
    const code = k % 2 === 0 ? byte & 15 : byte >> 4;
    return (code - (zeroPoints[group] ?? 0)) * (scales[group] ?? 0);
  });
}

function error(blocks: Int4Blocks, block: number): number {
  const weights = decoded(blocks, block);
  let sum = 0;
  for (let n = 0; n < N; n++)
    for (let i = 0; i < K; i++)
      for (let j = 0; j < K; j++) {
        const [a, b] = [n * K + i, n * K + j];
        const product =
          ((values[a] ?? 0) - (weights[a] ?? 0)) * ((values[b] ?? 0) - (weights[b] ?? 0));
        sum += product * (moments[i * K + j] ?? 0);
      }
  return sum;
}

test.each([
  [true, true, 32],
  [true, false, 64],
  [false, true, 32],
] as const)(
  'the same storage with less error: symmetric %s, negative scales %s, block %i',
  (symmetric, negativeScales, block) => {
    const options = { block, symmetric, negativeScales };
    const nearest = quantizeBlocks(tensor, matrix, options);
    const found = reconstructBlocks({ N, K, values }, nearest, options, inputs, 0.01);
    expect(found.packed.length).toBe(nearest.packed.length);
    expect(found.zeroPoints).toEqual(nearest.zeroPoints);
    expect([...found.scales].map(Math.sign)).toEqual([...nearest.scales].map(Math.sign));
    expect(error(found, block)).toBeLessThan(0.3 * error(nearest, block));
    expect(error(found, block)).toBeGreaterThan(0);
  },
);

test('what fills up the last block still stands for 0, and the given codes are not touched', () => {
  const options = { block: 32, symmetric: true, negativeScales: true } as const;
  const nearest = quantizeBlocks(tensor, matrix, options);
  const before = nearest.packed.slice();
  const found = reconstructBlocks({ N, K, values }, nearest, options, inputs, 0.01);
  for (let n = 0; n < N; n++)
    expect([...found.packed.slice((n * 3 + 2) * 16 + 4, (n * 3 + 3) * 16)]).toEqual(
      Array(12).fill(0x88),
    );
  expect(nearest.packed).toEqual(before);
});
