import { describe, expect, it } from 'vitest';
import { openData } from '../../../shared/measure/data/open.ts';
import type { ValueInfo } from '../../../shared/onnx/model.ts';
import { input } from './inputs.ts';
import { type NpySource, npy, writeNpz } from './numpy-files.ts';
import { useTempFolder } from './temp-folder.ts';

const temp = useTempFolder();
let count = 0;

function open(arrays: Record<string, NpySource>, inputs: ValueInfo[], outputs: ValueInfo[] = []) {
  const path = temp(`${count++}.npz`);
  writeNpz(path, arrays);
  return openData({ path }, inputs, { outputs });
}

const floats = (...shape: number[]): NpySource =>
  npy(
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
  );
const image = input('image', 'float32', ['N', 2]);

describe('arrays by name', () => {
  it('feeds every input, with labels and golden outputs', async () => {
    const data = await open(
      {
        image: floats(3, 2),
        state: floats(3, 2, 1, 2),
        rate: npy([], BigInt64Array.of(16n)),
        y: npy([3], Int32Array.of(4, 5, 6)),
        score: floats(3, 4),
      },
      [image, input('state', 'float32', [2, 1, 2]), input('rate', 'int32', [])],
      [input('score', 'float32', ['N', 4])],
    );
    expect(data.length).toBe(3);
    expect(await data.sample(1)).toEqual({
      image: { type: 'float32', dims: [1, 2], data: Float32Array.of(2, 3) },
      state: { type: 'float32', dims: [2, 1, 2], data: Float32Array.of(4, 5, 6, 7) },
      rate: { type: 'int32', dims: [], data: Int32Array.of(16) },
    });
    expect([0, 1, 2].map(data.label)).toEqual([4, 5, 6]);
    expect(data.goldenOutputs?.names).toEqual(['score']);
    expect(data.goldenOutputs?.output(2)).toEqual({
      score: { type: 'float32', dims: [1, 4], data: Float32Array.of(8, 9, 10, 11) },
    });
    expect(data.notes).toEqual([expect.stringMatching(/array "rate": int64 is fed as int32/)]);
    await data.close();
  });

  it('knows x for a single input, outputs for a single output, and all names of labels', async () => {
    for (const name of ['y', 'label', 'labels']) {
      const data = await open(
        { x: floats(2, 2), [name]: npy([2], Uint8Array.of(1, 0)), outputs: floats(2, 3) },
        [image],
        [input('probabilities', 'float32', [null, 3])],
      );
      expect(data.hasLabels).toBe(true);
      expect(data.goldenOutputs?.names).toEqual(['probabilities']);
    }
  });

  it('takes an input called y for an input', async () => {
    const data = await open({ x: floats(2, 2), y: floats(2, 2) }, [
      input('x', 'float32', [1, 2]),
      input('y', 'float32', [1, 2]),
    ]);
    expect(data.hasLabels).toBe(false);
  });

  it('notes arrays that nobody uses', async () => {
    const data = await open({ x: floats(2, 2), x_train: floats(9, 2) }, [image]);
    expect(data.notes).toEqual(['arrays not used: x_train']);
  });

  it('cuts labels and golden outputs in the steps of a fixed batch', async () => {
    const data = await open(
      { x: floats(4, 2), y: npy([4], Int32Array.of(1, 2, 3, 4)), outputs: floats(4, 3) },
      [input('x', 'float32', [2, 2])],
      [input('out', 'float32', [2, 3])],
    );
    expect(data.length).toBe(2);
    expect(data.label(1)).toEqual({ type: 'int32', dims: [2], data: Int32Array.of(3, 4) });
    expect(data.goldenOutputs?.output(1).out?.dims).toEqual([2, 3]);
  });

  it.each<[string, Record<string, NpySource>, ValueInfo[], RegExp]>([
    [
      'a misspelt input',
      { imgae: floats(2, 2) },
      [image],
      /no array for input "image"; its arrays: "imgae" \(did you mean "imgae"\?\)/,
    ],
    [
      'a missing input',
      { a: floats(2, 2) },
      [input('a', 'float32', [1, 2]), input('b', 'float32', [1, 2])],
      /no array for input "b"; its arrays: "a"$/,
    ],
    [
      'a misspelt label',
      { x: floats(2, 2), lables: npy([2], Uint8Array.of(1, 0)) },
      [image],
      /array "lables" feeds nothing \(did you mean "labels"\?\)/,
    ],
    [
      'inputs of different lengths',
      { a: floats(2, 2), b: floats(3, 2) },
      [input('a', 'float32', [1, 2]), input('b', 'float32', [1, 2])],
      /differ in length: .*array "a" has 2 samples, .*array "b" 3/,
    ],
    [
      'too few labels',
      { x: floats(3, 2), y: npy([2], Uint8Array.of(1, 0)) },
      [image],
      /array "y" has 2 labels for 3 samples/,
    ],
    [
      'constants alone',
      { x: npy([], Float32Array.of(1)) },
      [input('x', 'float32', [])],
      /no samples: every array is a constant/,
    ],
    ['no samples', { x: floats(0, 2) }, [image], /holds no samples/],
    [
      'a NaN label',
      { x: floats(2, 2), y: npy([2], Float32Array.of(1, Number.NaN)) },
      [image],
      /array "y": the label of sample 1 is NaN/,
    ],
  ])('refuses %s', async (_, arrays, inputs, message) => {
    const error = await open(arrays, inputs).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
  });

  it('refuses too few golden outputs', async () => {
    await expect(
      open({ x: floats(3, 2), outputs: floats(2, 3) }, [image], [input('o', 'float32', ['N', 3])]),
    ).rejects.toThrow(/has 2 golden outputs for 3 samples/);
  });
});
