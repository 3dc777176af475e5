import { expect, it } from 'vitest';
import {
  chunkLength,
  forEachChunk,
} from '../../../../../shared/compress/quantize/weights/kernels/float32-chunks.ts';
import { memorySource } from '../../../../../shared/onnx/byte-source.ts';
import { bytesOf, float32Tensor } from '../../../../../shared/onnx/make-tensor.ts';
import type { StoredTensor } from '../../../../../shared/onnx/stored-tensor.ts';

const values = Float32Array.from({ length: 600_000 }, (_, i) => i);

/** The same numbers behind an offset that is no multiple of four. */
function inFile(): StoredTensor {
  const bytes = Buffer.concat([Buffer.alloc(3), bytesOf(values)]);
  const range = { source: memorySource(bytes), offset: 3, length: values.byteLength };
  return { name: 'w', type: 'float32', dims: [values.length], storage: { kind: 'file', range } };
}

it.each([
  ['in memory', float32Tensor('w', [values.length], values)],
  ['in a file', inFile()],
])('gives all elements %s, in whole units', (_, tensor) => {
  const starts: number[] = [];
  let next = 0;
  forEachChunk(tensor, 7, (chunk, start) => {
    starts.push(start);
    expect(start).toBe(next);
    expect(chunk[0]).toBe(start);
    expect(chunk.at(-1)).toBe(start + chunk.length - 1);
    next = start + chunk.length;
  });
  expect(next).toBe(values.length);
  expect(starts.length).toBeGreaterThan(1);
  expect(starts.every((start) => start % 7 === 0)).toBe(true);
});

it('puts pieces where it is told to', () => {
  for (const tensor of [inFile(), float32Tensor('w', [values.length], values)]) {
    const into = new Float32Array(chunkLength(tensor, 1000));
    forEachChunk(
      tensor,
      1000,
      (chunk, start) => {
        expect([chunk.buffer === into.buffer, chunk[0]]).toEqual([true, start]);
      },
      into,
    );
  }
});

it('calls for nothing when there is nothing', () => {
  forEachChunk(float32Tensor('w', [0, 4], []), 4, () => {
    throw new Error('called');
  });
});

it('takes units that are larger than a piece', () => {
  const lengths: number[] = [];
  forEachChunk(inFile(), 300_000, (chunk) => lengths.push(chunk.length));
  expect(lengths).toEqual([300_000, 300_000]);
});
