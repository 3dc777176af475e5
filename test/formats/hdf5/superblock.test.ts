import { expect, it } from 'vitest';
import { readSuperblock } from '../../../shared/formats/hdf5/superblock.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import { hdf5Bytes } from './_files.ts';

const read = (bytes: Uint8Array) => readSuperblock(memorySource(bytes, 'm.h5'));

function changed(name: string, at: number, value: number): Uint8Array {
  const bytes = hdf5Bytes(name).slice();
  bytes[at] = value;
  return bytes;
}

it.each(['links, old', 'links, 1.8', 'links, new', 'behind a user block'])(
  '%s: the root group is a header',
  (name) => {
    const { file, root } = read(hdf5Bytes(name));
    expect([1, 'O'.charCodeAt(0)]).toContain(file.read(root, 1, 'it').u8());
  },
);

it('addresses count from behind a user block', () => {
  const { file } = read(hdf5Bytes('behind a user block'));
  expect(file.source.size).toBe(hdf5Bytes('behind a user block').length - 1024);
});

it.each([
  ['a newer version', changed('links, new', 8, 4), /first block of version 4, which is not read/],
  ['short addresses', changed('links, old', 13, 4), /addresses of 4 and lengths of 8 bytes/],
  ['short lengths', changed('links, new', 10, 4), /addresses of 8 and lengths of 4 bytes/],
])('%s are refused', (_, bytes, message) => {
  expect(() => read(bytes)).toThrow(expect.objectContaining({ exitCode: 3 }));
  expect(() => read(bytes)).toThrow(message);
});

it('a file that ends before its end is cut off', () => {
  const bytes = hdf5Bytes('links, old');
  expect(() => read(bytes.subarray(0, -1))).toThrow(
    'm.h5 is damaged or cut off: it cannot be read as HDF5',
  );
});
