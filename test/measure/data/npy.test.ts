import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openData } from '../../../shared/measure/data/open.ts';
import { input } from './inputs.ts';
import { npy, npyBytes } from './numpy-files.ts';
import { useTempFolder } from './temp-folder.ts';

const temp = useTempFolder();

describe('.npy', () => {
  it('feeds a single input', async () => {
    writeFileSync(temp('a.npy'), npyBytes(npy([3, 2], Float32Array.of(1, 2, 3, 4, 5, 6))));
    const data = await openData({ path: temp('a.npy') }, [input('image', 'float32', ['N', 2])]);
    expect(data).toMatchObject({ length: 3, hasLabels: false });
    expect(await data.sample(2)).toEqual({
      image: { type: 'float32', dims: [1, 2], data: Float32Array.of(5, 6) },
    });
    await data.close();
  });

  it('refuses several inputs, other files and truncated ones', async () => {
    const two = [input('a', 'float32', [1]), input('b', 'float32', [1])];
    await expect(openData({ path: temp('a.npy') }, two)).rejects.toThrow(
      /holds one array, the model has 2 inputs: "a", "b"/,
    );
    writeFileSync(temp('no.npy'), 'no array');
    await expect(openData({ path: temp('no.npy') }, [input('a', 'float32', [1])])).rejects.toThrow(
      /no\.npy is damaged/,
    );
    writeFileSync(temp('cut.npy'), npyBytes(npy([3, 2], new Float32Array(6))).subarray(0, 140));
    await expect(
      openData({ path: temp('cut.npy') }, [input('a', 'float32', ['N', 2])]),
    ).rejects.toThrow(/cut\.npy is truncated/);
  });
});
