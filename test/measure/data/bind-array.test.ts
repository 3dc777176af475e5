import { describe, expect, it } from 'vitest';
import { type ArraySource, openNpyArray } from '../../../shared/measure/data/array-source.ts';
import { batchAxisOf, batchSymbols, bindArray } from '../../../shared/measure/data/bind-array.ts';
import { memoryBox } from '../../../shared/measure/data/byte-box.ts';
import type { Dim } from '../../../shared/onnx/model.ts';
import { signature } from './inputs.ts';
import { npy, npyBytes } from './numpy-files.ts';

async function array(...shape: number[]): Promise<ArraySource> {
  const size = shape.reduce((a, b) => a * b, 1);
  const source = npy(
    shape,
    Float32Array.from({ length: size }, (_, i) => i),
  );
  return openNpyArray(memoryBox(npyBytes(source), 'data.npz: array "x"'), 'data.npz: array "x"');
}

const bind = async (shape: number[], declared: readonly Dim[] | null) => {
  const axis = batchAxisOf(declared, new Set(['batch']));
  return bindArray(await array(...shape), signature('in', 'float32', declared), axis);
};

describe('bindArray', () => {
  it("cuts an array of the input's own rank along the batch axis", async () => {
    for (const declared of [
      ['N', 2, 3],
      [null, 2, 3],
      [1, 2, 3],
    ] as const) {
      const bound = await bind([4, 2, 3], declared);
      expect(bound.samples).toBe(4);
      expect(bound.tensor(2)).toEqual({
        type: 'float32',
        dims: [1, 2, 3],
        data: Float32Array.of(12, 13, 14, 15, 16, 17),
      });
    }
  });

  it('takes whole samples from an array of one rank more', async () => {
    const bound = await bind([5, 2, 1, 2], [2, 1, 2]);
    expect(bound.samples).toBe(5);
    expect(bound.tensor(4)).toEqual({
      type: 'float32',
      dims: [2, 1, 2],
      data: Float32Array.of(16, 17, 18, 19),
    });
    expect((await bind([5], [])).tensor(3)).toEqual({
      type: 'float32',
      dims: [],
      data: Float32Array.of(3),
    });
  });

  it("repeats an array of rank 0 for every sample, in the input's rank", async () => {
    expect((await bind([], [])).tensor(9)).toEqual({
      type: 'float32',
      dims: [],
      data: Float32Array.of(0),
    });
    expect((await bind([], [1])).tensor(0).dims).toEqual([1]);
    expect((await bind([], ['N', 1])).samples).toBeUndefined();
    await expect(bind([], [3])).rejects.toThrow(/is a single number/);
  });

  it('finds the batch axis of recurrent state', async () => {
    const bound = await bind([2, 3, 2], [2, 1, 2]);
    expect(bound.samples).toBe(3);
    expect(bound.tensor(1)).toEqual({
      type: 'float32',
      dims: [2, 1, 2],
      data: Float32Array.of(2, 3, 8, 9),
    });
    expect(batchAxisOf([2, 'batch', 'time'], new Set(['batch']))).toBe(1);
    expect(batchAxisOf([3, 'H', 'W'], new Set(['batch']))).toBe(0);
    expect(
      batchSymbols([signature('a', 'float32', ['B', 3]), signature('b', 'float32', [2, 'B'])]),
    ).toEqual(new Set(['B']));
  });

  it('cuts in steps of a batch that the model fixes', async () => {
    const bound = await bind([6, 2], [3, 2]);
    expect(bound).toMatchObject({ samples: 2, step: 3 });
    expect(bound.tensor(1)).toEqual({
      type: 'float32',
      dims: [3, 2],
      data: Float32Array.of(6, 7, 8, 9, 10, 11),
    });
    await expect(bind([7, 2], [3, 2])).rejects.toThrow(
      /7 rows, no multiple of the model's batch of 3/,
    );
  });

  it('keeps the rank where the model declares none', async () => {
    expect((await bind([3, 4], null)).tensor(0).dims).toEqual([1, 4]);
  });

  it.each<[number[], readonly Dim[], RegExp, RegExp]>([
    [[9, 28, 28], ['N', 28, 28, 1], /neither its rank nor one more/, /lacks an axis/],
    [[9, 28, 28, 3], ['N', 3, 28, 28], /differs in a fixed axis/, /transpose \(0, 3, 1, 2\)/],
    [[9, 3, 28, 28], ['N', 28, 28, 3], /differs in a fixed axis/, /transpose \(0, 2, 3, 1\)/],
    [[9, 12], ['N', 3, 2, 2], /neither its rank/, /reshape each sample/],
    [[9, 5], ['N', 4], /differs in a fixed axis/, /others must be those of the model/],
  ])('explains why %j does not fit %j', async (shape, declared, message, hint) => {
    const error = await bind(shape, declared).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
    expect(error).toMatchObject({
      message: expect.stringMatching(/^data\.npz: array "x" of shape/),
    });
  });

  it('calls outputs by that name', async () => {
    const golden = await array(9, 5);
    const output = { ...signature('y', 'float32', ['N', 4]), isOutput: true };
    expect(() => bindArray(golden, output, 0)).toThrow('does not fit output "y"');
  });
});
