import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openNpyArray } from '../../../shared/measure/data/array-source.ts';
import { memoryBox } from '../../../shared/measure/data/byte-box.ts';
import { arrayLabels, readLabelsFile } from '../../../shared/measure/data/labels.ts';
import { type NpySource, npy, npyBytes } from './numpy-files.ts';
import { useTempFolder } from './temp-folder.ts';

const temp = useTempFolder();
const array = (source: NpySource) => openNpyArray(memoryBox(npyBytes(source), 'y'), 'y');

describe('arrayLabels', () => {
  it('gives numbers, texts, or tensors', async () => {
    expect(arrayLabels(await array(npy([2], BigInt64Array.of(3n, 4n))), 2, 1)(1)).toBe(4);
    expect(arrayLabels(await array(npy([2, 1], Float32Array.of(0.5, 1))), 2, 1)(0)).toBe(0.5);
    const text = {
      descr: '<U2',
      shape: [2],
      bytes: new Uint8Array(Uint32Array.from([97, 98, 99, 0]).buffer),
    };
    expect(arrayLabels(await array(text), 2, 1)(1)).toBe('c');
    const maps = arrayLabels(
      await array(npy([2, 2, 2], Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7))),
      2,
      1,
    );
    expect(maps(1)).toEqual({ type: 'uint8', dims: [2, 2], data: Uint8Array.of(4, 5, 6, 7) });
  });

  it('of a file that is elsewhere are read when one is asked for, but counted at once', async () => {
    const away = await array(npy([2], Float32Array.of(0, Number.NaN)));
    expect(() => arrayLabels(away, 2, 1)).toThrow(/label of sample 1 is NaN/);
    const label = arrayLabels(away, 2, 1, { isAway: true });
    expect(() => label(0)).toThrow(/label of sample 1 is NaN/);
    expect(() => arrayLabels(away, 3, 1, { isAway: true })).toThrow(/differ in length/);
  });

  it('refuses NaN in a map, naming the sample', async () => {
    const maps = arrayLabels(await array(npy([2, 2], Float32Array.of(0, 1, Number.NaN, 2))), 2, 1);
    expect(() => maps(1)).toThrow(/the label of sample 1 is NaN/);
  });
});

describe('readLabelsFile', () => {
  const write = (text: string): string => {
    writeFileSync(temp('labels.json'), text);
    return temp('labels.json');
  };

  it('reads a JSON array', async () => {
    expect(await readLabelsFile(write('["a", 2, {"text": "b"}]'), 3)).toEqual([
      'a',
      2,
      { text: 'b' },
    ]);
  });

  it.each([
    ['{"a": 1}', /holds no JSON array/],
    ['[1, 2', /is not JSON/],
    ['[1, 2]', /has 2 labels for 3 samples/],
  ])('refuses %s', async (text, message) => {
    await expect(readLabelsFile(write(text), 3)).rejects.toThrow(message);
  });

  it('refuses a missing file', async () => {
    await expect(readLabelsFile(temp('none.json'), 3)).rejects.toThrow(/does not exist/);
  });
});
