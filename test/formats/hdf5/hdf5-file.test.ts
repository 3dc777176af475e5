import { describe, expect, it } from 'vitest';
import { FettleError } from '../../../shared/base/errors.ts';
import { Hdf5File } from '../../../shared/formats/hdf5/hdf5-file.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import { readRaw, tensorOf } from '../../../shared/onnx/tensor-data.ts';
import { bytesOfCase, fileCase, fileCases } from '../keras/_files.ts';
import { hdf5Bytes, hdf5Cases } from './_files.ts';
import { type FoundObject, lookWithLibhdf5 } from './_libhdf5.ts';

const open = (bytes: Uint8Array): Hdf5File => new Hdf5File(memorySource(bytes, 'm.h5'));
const fromKeras = fileCases
  .filter(({ files }) => Object.keys(files)[0]?.endsWith('.h5'))
  .map((item) => ({ name: item.name, bytes: bytesOfCase(item) }));

/** What libhdf5 reads and we refuse, with the reason. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  '/outside': /keeps its numbers in another file, which is not read/,
  '/virtual': /is put together from other datasets, which is not read/,
  '/scaled': /is packed by scale and offset, which is not read/,
  '/lzf': /is packed by lzf, which is not read/,
};

describe.each([...hdf5Cases, ...fromKeras])('$name', ({ name, bytes }) => {
  it('holds what libhdf5 finds in it', async () => {
    const file = open(bytes);
    for (const [path, wanted] of await lookWithLibhdf5(bytes)) {
      expect(file.kind(path), path).toBe(wanted.kind);
      expect(file.names(path).toSorted(), path).toEqual(wanted.names);
      for (const [attribute, texts] of wanted.texts)
        expect(file.texts(path, attribute), `${path} ${attribute}`).toEqual(texts);
      if (wanted.kind === 'dataset') expectNumbers(file, path, wanted.numbers, name);
    }
  });
});

function expectNumbers(
  file: Hdf5File,
  path: string,
  wanted: FoundObject['numbers'],
  name: string,
): void {
  const reason =
    name === 'one axis that grows, new' ? /made to grow along one axis/ : REFUSED[path];
  if (reason) expect(() => file.tensor(path, 'x'), path).toThrow(reason);
  else if (!wanted) expect(() => file.tensor(path, 'x'), path).toThrow(FettleError);
  else {
    const tensor = file.tensor(path, 'x');
    expect([tensor.type, tensor.dims], path).toEqual([wanted.type, wanted.dims]);
    expect(Buffer.from(readRaw(tensor)).equals(wanted.bytes), path).toBe(true);
  }
}

it('tells groups, datasets and attributes', () => {
  const file = open(bytesOfCase(fileCase('h5 of Keras 2')));
  expect(file.kind('/model_weights')).toBe('group');
  expect(file.kind('/model_weights/first/first/kernel:0')).toBe('dataset');
  expect(file.kind('/nothing/here')).toBeUndefined();
  expect(file.names('/model_weights')).toContain('first');
  expect(file.names('/nothing')).toEqual([]);
  expect(file.text('/', 'keras_version')).toMatch(/^2\./);
  expect(file.text('/', 'nothing')).toBeUndefined();
});

it('names that were split over attributes are one list', () => {
  const file = open(bytesOfCase(fileCase('h5, chunked and split')));
  expect(file.texts('/model_weights/first', 'weight_names')).toEqual([
    'first/kernel:0',
    'first/bias:0',
  ]);
});

it('weights in one piece stay where they are', () => {
  const bytes = bytesOfCase(fileCase('h5 of Keras 2'));
  const source = memorySource(bytes, 'm.h5');
  const tensor = new Hdf5File(source).tensor('/model_weights/first/first/kernel:0', 'x');
  expect(tensor.storage).toMatchObject({ kind: 'file', range: { source } });
  expect(tensorOf(tensor).data).toHaveLength(20);
});

it('nothing is behind links that lead out of the file, or in circles', () => {
  const file = open(hdf5Bytes('links, old'));
  expect(['/outside', '/nothing', '/endless'].map((path) => file.kind(path))).toEqual(
    Array(3).fill(undefined),
  );
  expect(file.kind('/group/self/self/self/x')).toBe('dataset');
});

it('what is not there, or no number, is told', () => {
  const file = open(hdf5Bytes('numbers, old'));
  expect(() => file.tensor('/le', 'x')).toThrow('is not in the file');
  expect(() => file.tensor('/le/f3', 'x')).toThrow('is not in the file');
  expect(() => file.tensor('/complex', 'x')).toThrow('holds no numbers of a known type');
});

it.each([
  new Uint8Array(),
  new Uint8Array(5000),
  new TextEncoder().encode('\x89HDF\r\n\x1a\n and no more'),
  // The root group is nowhere.
  hdf5Bytes('links, new').slice().fill(255, 36, 44),
])('what is no HDF5 file is told: %#', (bytes) => {
  expect(() => open(bytes)).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: expect.stringContaining('cannot be read as HDF5'),
    }),
  );
});
