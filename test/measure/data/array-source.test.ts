import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { product } from '../../../shared/base/product.ts';
import { openNpyArray } from '../../../shared/measure/data/array-source.ts';
import { memoryBox } from '../../../shared/measure/data/byte-box.ts';
import { type NpySource, npy, npyBytes } from './numpy-files.ts';

const open = (source: NpySource) => openNpyArray(memoryBox(npyBytes(source), 'a'), 'a');

describe('openNpyArray', () => {
  it('slices along any axis', async () => {
    const array = await open(
      npy(
        [2, 3, 2],
        Int16Array.from({ length: 12 }, (_, i) => i),
      ),
    );
    expect(array.slice(0, 1, 1)).toEqual({
      type: 'int16',
      dims: [1, 3, 2],
      data: Int16Array.of(6, 7, 8, 9, 10, 11),
    });
    expect(array.slice(1, 1, 2).data).toEqual(Int16Array.of(2, 3, 4, 5, 8, 9, 10, 11));
    expect(array.slice(2, 1, 1).data).toEqual(Int16Array.of(1, 3, 5, 7, 9, 11));
  });

  it('gives column-major arrays row by row, as NumPy indexes them', async () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const size = product(shape);
        const rowMajor = Int32Array.from({ length: size }, (_, i) => i);
        // Element (i, j, …) of a column-major file lies at i + rows · (j + …).
        const columnMajor = new Int32Array(size);
        for (let at = 0; at < size; at++) {
          let rest = at;
          let target = 0;
          let stride = product(shape.slice(0, -1));
          for (let axis = shape.length - 1; axis >= 0; axis--) {
            const dim = shape[axis] ?? 1;
            target += (rest % dim) * stride;
            rest = Math.floor(rest / dim);
            stride /= shape[axis - 1] ?? 1;
          }
          columnMajor[target] = rowMajor[at] ?? 0;
        }
        const array = await open({ ...npy(shape, columnMajor), fortran: true });
        expect(array.slice(0, 0, shape[0] ?? 1).data).toEqual(rowMajor);
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it('turns big-endian elements', async () => {
    const bytes = Uint8Array.of(0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0);
    const array = await open({ descr: '>f4', shape: [2], bytes });
    expect(array.slice(0, 0, 2).data).toEqual(Float32Array.of(1, -2.5));
  });

  it('reads fixed-width text, both orders, and drops its padding', async () => {
    const text = Uint32Array.from([...'aé\0', ...'日本語'].map((c) => c.codePointAt(0) ?? 0));
    const little = { descr: '<U3', shape: [2], bytes: new Uint8Array(text.buffer) };
    expect((await open(little)).slice(0, 0, 2).data).toEqual(['aé', '日本語']);
    const bytes = little.bytes.slice();
    for (let i = 0; i < bytes.length; i += 4) bytes.subarray(i, i + 4).reverse();
    expect((await open({ ...little, descr: '>U3', bytes })).slice(0, 0, 2).data).toEqual([
      'aé',
      '日本語',
    ]);
    const ascii = { descr: '|S2', shape: [2], bytes: new TextEncoder().encode('ab\0\0') };
    expect((await open(ascii)).slice(0, 0, 2).data).toEqual(['ab', '']);
  });

  it('refuses fewer bytes than the shape needs', async () => {
    await expect(open({ descr: '<f4', shape: [3], bytes: new Uint8Array(8) })).rejects.toThrow(
      /a is truncated: its shape \[3\] needs 12 bytes, 8 are there/,
    );
  });
});
