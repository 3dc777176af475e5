/** `.npy`: one array, for a model with a single input. */
import { closeSync, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { InputError } from '../../base/errors.ts';
import { explainReadError } from '../../base/files.ts';
import { type ArrayFile, openArraySet, SINGLE_INPUT } from './array-set.ts';
import { openNpyArray } from './array-source.ts';
import { fileBox, sourceBox } from './byte-box.ts';
import type { DataForm } from './data-form.ts';

export const npy: DataForm = {
  name: 'one NumPy array (.npy)',
  suffixes: ['.npy'],
  inParts: true,
  startsLike: (head) => head[0] === 0x93 && head[1] === 0x4e,
  open: async ({ file, shown, open: openFile }, wanted) => {
    if (wanted.inputs.length !== 1) {
      const names = wanted.inputs.map(({ name }) => `"${name}"`).join(', ');
      throw new InputError(
        `${shown} holds one array, the model has ${wanted.inputs.length} inputs: ${names}`,
        { where: shown, hint: 'Save one array an input with numpy.savez.' },
      );
    }
    if (openFile) {
      const source = openFile(file);
      const box = sourceBox(source, 0, source.size, shown);
      const arrays = { shown, names: [SINGLE_INPUT], open: () => openNpyArray(box, shown) };
      return openArraySet({ ...arrays, close: async () => source.close() }, wanted);
    }
    let descriptor: number;
    let size: number;
    try {
      ({ size } = await stat(file));
      descriptor = openSync(file, 'r');
    } catch (error) {
      throw explainReadError(error, shown);
    }
    const arrays: ArrayFile = {
      shown,
      names: [SINGLE_INPUT],
      open: () => openNpyArray(fileBox(descriptor, 0, size, shown), shown),
      close: async () => closeSync(descriptor),
    };
    return openArraySet(arrays, wanted);
  },
};
