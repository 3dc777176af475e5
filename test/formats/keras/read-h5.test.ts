import { expect, it } from 'vitest';
import { h5Files, openH5File } from '../../../shared/formats/keras/read-h5.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';
import { TOLERANCE } from './_cases.ts';
import { bytesOfCase, errorOfFile, fileCase, fileCases, readAny, withFile } from './_files.ts';

const mine = fileCases.filter(({ files }) => Object.keys(files)[0]?.endsWith('.h5'));

it.each(mine.filter(({ outputs }) => outputs))(
  '$name computes what Keras computes',
  async (item) => {
    expect(await errorOfFile(item)).toBeLessThanOrEqual(TOLERANCE);
  },
);

it.each([
  ['weights of Keras 3 alone', /holds weights, and not which layers they belong to/],
  ['h5 with an external link', /kernel:0" is not in the file/],
  ['h5 with a soft link to itself', /kernel:0" is not in the file/],
  ['h5 that claims more than it holds', /claims 4398046511104 bytes, more than the file can hold/],
])('%s is a broken file', async (name, message) => {
  await withFile(fileCase(name), async (path) => {
    const convert = async (): Promise<void> => {
      using source = await readAny(path);
      encodeModel(source.model);
    };
    await expect(convert()).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
    });
  });
});

it('data in another file is refused', async () => {
  await withFile(fileCase('h5 with data in another file'), async (path) => {
    await expect(readAny(path)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/kernel:0" keeps its numbers in another file/),
    });
  });
});

it('the configuration beside the weights is one of the files', async () => {
  await withFile(fileCase('weights of Keras 2 beside JSON'), async (path) => {
    using file = await openH5File(path, 'm.h5');
    expect(file.files).toEqual([path, path.replace('.h5', '.json')]);
    expect(await h5Files(path)).toEqual(file.files);
  });
});

it('a file that is cut off is a broken file', async () => {
  const whole = bytesOfCase(fileCase('h5 of Keras 2'));
  for (let part = 0; part < 10; part++) {
    const bytes = whole.subarray(0, Math.floor((whole.length * part) / 10));
    await withFile(
      fileCase('h5 of Keras 2'),
      (path) => expect(readAny(path)).rejects.toMatchObject({ exitCode: 2 }),
      bytes,
    );
  }
});
