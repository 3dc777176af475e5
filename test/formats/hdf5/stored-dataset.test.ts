import { expect, it } from 'vitest';
import { MESSAGE, ObjectHeader } from '../../../shared/formats/hdf5/object-header.ts';
import { storedDataset } from '../../../shared/formats/hdf5/stored-dataset.ts';
import { readRaw, tensorOf } from '../../../shared/onnx/tensor-data.ts';
import { fileBytes, type HeaderMessage, oldHeader, written } from './_files.ts';

const integers = (size: number, isBigEndian = false) =>
  written([0x10, 1], [isBigEndian ? 9 : 8, 3], [size, 4], [0, 2], [size * 8, 2], [0, 4]);
const dims = (...sizes: readonly number[]) =>
  written([1, 1], [sizes.length, 1], [0, 6], ...sizes.map((size) => [size, 8] as const));

interface Parts {
  readonly type?: Uint8Array;
  readonly space?: Uint8Array;
  readonly layout: Uint8Array;
  readonly more?: readonly HeaderMessage[];
  /** Before the header. */
  readonly data?: Uint8Array;
  readonly isBfloat16?: boolean;
}

function dataset({ type, space, layout, more = [], data, isBfloat16 = false }: Parts) {
  const header = oldHeader(
    [MESSAGE.datatype, type ?? integers(2)],
    [MESSAGE.dataspace, space ?? dims(3)],
    [MESSAGE.layout, layout],
    ...more,
  );
  const file = fileBytes(Buffer.concat([data ?? new Uint8Array(), header]));
  const read = ObjectHeader.read(file, data?.length ?? 0);
  return storedDataset(file, read, { name: 'w', where: 'm.h5: "/w"', isBfloat16 });
}

const contiguous = (address: number, length: number) =>
  written([3, 1], [1, 1], [address, 8], [length, 8]);
const NOWHERE = written([3, 1], [1, 1], '\xff'.repeat(8), [0, 8]);
const compact = (text: string) => written([3, 1], [0, 1], [text.length, 2], text);

it('one piece is a range of the file', () => {
  const tensor = dataset({ layout: contiguous(2, 6), data: written('..\x01\0\x02\0\x03\0') });
  expect(tensor.storage).toMatchObject({ kind: 'file', range: { offset: 2, length: 6 } });
  expect(tensorOf(tensor)).toEqual({ type: 'int16', dims: [3], data: Int16Array.of(1, 2, 3) });
});

it.each([
  ['a piece', { layout: contiguous(0, 6), data: written('\0\x01\0\x02\0\x03') }],
  ['the header', { layout: compact('\0\x01\0\x02\0\x03') }],
])('the highest byte first, in %s', (_, parts) => {
  const tensor = dataset({ ...parts, type: integers(2, true) });
  expect(tensorOf(tensor).data).toEqual(Int16Array.of(1, 2, 3));
  expect(tensorOf(tensor).data).toEqual(Int16Array.of(1, 2, 3));
});

it.each([
  ['zeros', [], [0, 0, 0]],
  ['the first version', [[MESSAGE.fill, written([1, 4], [2, 4], [5, 2])] as const], [0, 0, 0]],
  [
    'the second version',
    [[MESSAGE.fill, written([2, 1], [2, 1], [2, 1], [1, 1], [2, 4], [5, 2])] as const],
    [5, 5, 5],
  ],
  [
    'the third version',
    [[MESSAGE.fill, written([3, 1], [0x2a, 1], [2, 4], [5, 2])] as const],
    [5, 5, 5],
  ],
  ['none of the third version', [[MESSAGE.fill, written([3, 1], [0x0a, 1])] as const], [0, 0, 0]],
  ['an old message', [[MESSAGE.oldFill, written([2, 4], [5, 2])] as const], [5, 5, 5]],
] as const)('what was never written holds its fill value: %s', (_, more, values) => {
  expect([...(tensorOf(dataset({ layout: NOWHERE, more })).data as Int16Array)]).toEqual(values);
});

it('two bytes of no type are bfloat16 where Keras says so', () => {
  const opaque = written([0x15, 1], [0, 3], [2, 4]);
  const layout = compact('abcdef');
  const tensor = dataset({ type: opaque, layout, isBfloat16: true });
  expect([tensor.type, Buffer.from(readRaw(tensor)).toString()]).toEqual(['bfloat16', 'abcdef']);
  expect(() => dataset({ type: opaque, layout })).toThrow('holds no numbers of a known type');
});

it('weights in other files are refused', () => {
  const more = [[MESSAGE.externalFiles, written([1, 8])] as const];
  expect(() => dataset({ layout: NOWHERE, more })).toThrow(
    'm.h5: "/w" keeps its numbers in another file, which is not read',
  );
});

it.each([
  ['a piece beyond the end', { layout: contiguous(2 ** 40, 6) }, /is damaged/],
  ['a piece that is too short', { layout: contiguous(0, 5) }, /is damaged/],
  ['a header that is too short', { layout: compact('abc') }, /is damaged/],
  [
    'more than the file can hold',
    { layout: NOWHERE, space: dims(2 ** 30, 2 ** 30) },
    /claims 2305843009213694000 bytes/,
  ],
  ['no element', { layout: NOWHERE, space: written([2, 1], [0, 1], [0, 1], [2, 1]) }, /no numbers/],
])('%s is told', (_, parts, message) => {
  expect(() => dataset(parts)).toThrow(message);
});
