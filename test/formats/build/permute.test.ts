import { expect, it } from 'vitest';
import { permuteBytes } from '../../../shared/formats/build/permute.ts';

/** The same by the definition: one element after the other. */
function slowly(
  data: readonly number[],
  dims: readonly number[],
  order: readonly number[],
): number[] {
  const sizes = order.map((axis) => dims[axis] ?? 1);
  return data.map((_, at) => {
    let rest = at;
    const place = new Array<number>(dims.length).fill(0);
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      place[order[axis] ?? 0] = rest % (sizes[axis] ?? 1);
      rest = Math.floor(rest / (sizes[axis] ?? 1));
    }
    return data[place.reduce((sum, index, axis) => sum * (dims[axis] ?? 1) + index, 0)] ?? -1;
  });
}

const WORDS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array } as const;

it.each([
  [[2, 3], [1, 0], 1],
  [[2, 3, 4], [2, 0, 1], 2],
  [[2, 3, 4, 5], [0, 3, 1, 2], 4],
  [[2, 3, 4, 5], [3, 2, 1, 0], 8],
  [[40, 70], [1, 0], 4],
  [[3, 2, 40, 50], [3, 2, 0, 1], 4],
  [[2, 35, 1, 33, 2], [4, 1, 3, 2, 0], 4],
  [[5], [0], 4],
  [[], [], 4],
  [[0, 3], [1, 0], 4],
] as const)('%j in order %j, %d bytes each', (dims, order, width) => {
  const count = dims.reduce<number>((product, dim) => product * dim, 1);
  const numbers = Array.from({ length: count }, (_, at) => at);
  const words = width === 8 ? BigUint64Array.from(numbers, BigInt) : WORDS[width].from(numbers);
  const moved = permuteBytes(new Uint8Array(words.buffer), dims, order, width);
  const Words = WORDS[width];
  expect(Array.from(new Words(moved.buffer as ArrayBuffer), Number)).toEqual(
    slowly(numbers, dims, order),
  );
});

it('takes bytes that lie at an odd place', () => {
  const bytes = new Uint8Array(9);
  new DataView(bytes.buffer).setUint32(1, 7, true);
  new DataView(bytes.buffer).setUint32(5, 9, true);
  const moved = permuteBytes(bytes.subarray(1), [1, 2], [1, 0], 4);
  expect([...new Uint32Array(moved.buffer as ArrayBuffer)]).toEqual([7, 9]);
});
