import { expect, it } from 'vitest';
import { Hdf5File } from '../../../shared/formats/keras/hdf5-file.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import { tensorOf } from '../../../shared/onnx/tensor-data.ts';
import { bytesOfCase, fileCase } from './_files.ts';

const open = (name: string) => Hdf5File.open(memorySource(bytesOfCase(fileCase(name)), 'm.h5'));

it('tells groups, datasets and attributes', async () => {
  using file = await open('h5 of Keras 2');
  expect(file.kind('/model_weights')).toBe('group');
  expect(file.kind('/model_weights/first/first/kernel:0')).toBe('dataset');
  expect(file.kind('/nothing/here')).toBeUndefined();
  expect(file.names('/model_weights')).toContain('first');
  expect(file.names('/nothing')).toEqual([]);
  expect(file.text('/', 'keras_version')).toMatch(/^2\./);
  expect(file.text('/', 'nothing')).toBeUndefined();
  expect(file.texts('/model_weights/first', 'weight_names')).toEqual([
    'first/kernel:0',
    'first/bias:0',
  ]);
});

it('chunked, compressed and big-endian data are the same numbers', async () => {
  using plain = await open('h5 of Keras 2');
  using packed = await open('h5, chunked and split');
  for (const name of ['kernel:0', 'bias:0']) {
    const path = `/model_weights/first/first/${name}`;
    expect(tensorOf(packed.tensor(path, 'x')).data).toEqual(tensorOf(plain.tensor(path, 'x')).data);
  }
  expect(packed.texts('/model_weights/first', 'weight_names')).toEqual([
    'first/kernel:0',
    'first/bias:0',
  ]);
});

it('two files may be open at once', async () => {
  using one = await open('h5 of Keras 2');
  using two = await open('h5 of Keras 3');
  expect(one.text('/', 'keras_version')).not.toBe(two.text('/', 'keras_version'));
});

it('after it is closed nothing is read', async () => {
  const file = await open('h5 of Keras 2');
  const tensor = file.tensor('/model_weights/first/first/kernel:0', 'x');
  file[Symbol.dispose]();
  expect(() => tensorOf(tensor)).toThrow('was closed before it was read');
});

it('what is not there, or no number, is told', async () => {
  using file = await open('h5 of Keras 2');
  expect(() => file.tensor('/model_weights', 'x')).toThrow('is not in the file');
});

it.each([
  new Uint8Array(),
  new Uint8Array(5000),
  new TextEncoder().encode('\x89HDF\r\n\x1a\n and no more'),
])('what is no HDF5 file is told: %#', async (bytes) => {
  await expect(Hdf5File.open(memorySource(bytes, 'm.h5'))).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('cannot be read as HDF5'),
  });
});
