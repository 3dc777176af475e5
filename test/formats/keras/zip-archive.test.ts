import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { ZipArchive } from '../../../shared/formats/keras/zip-archive.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';

const text = new TextEncoder().encode('hello '.repeat(100));
const archive = (files: Parameters<typeof zipSync>[0]) =>
  ZipArchive.open(memorySource(zipSync(files), 'm.zip'));

it.each([0, 6] as const)('reads entries packed at level %i', async (level) => {
  const zip = await archive({ 'a/b.txt': [text, { level }] });
  expect(zip.names).toEqual(['a/b.txt']);
  const source = await zip.source('a/b.txt');
  expect(source?.size).toBe(text.length);
  expect(source?.read(6, 5)).toEqual(text.subarray(6, 11));
  const target = new Uint8Array(3);
  source?.readInto(target, 1);
  expect(target).toEqual(text.subarray(1, 4));
  expect(() => source?.read(text.length - 1, 2)).toThrow(/cut off|truncated/);
  expect(await zip.source('c')).toBeUndefined();
});

it('an entry that unpacks to more than the archive says is damaged', async () => {
  const bytes = zipSync({ a: [new Uint8Array(100_000), { level: 9 }] });
  // The size stands in the local header and in the central directory.
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const central = bytes.length - 22 - 46 - 1;
  view.setUint32(central + 24, 10, true);
  const zip = await ZipArchive.open(memorySource(bytes, 'm.zip'));
  await expect(zip.source('a')).rejects.toThrow(/damaged|another size/);
});

it.each([
  ['nothing', new Uint8Array()],
  ['no zip', text],
  ['the end is missing', zipSync({ a: text }).subarray(0, 60)],
])('%s is a broken archive', async (_, bytes) => {
  await expect(ZipArchive.open(memorySource(bytes, 'm.zip'))).rejects.toMatchObject({
    exitCode: 2,
  });
});

/** With another size in the central directory, as an archive would have that is made to fill the memory. */
function claiming(bytes: Uint8Array, sizes: readonly number[]): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let entry = view.getUint32(bytes.length - 22 + 16, true);
  for (const size of sizes) {
    view.setUint32(entry + 24, size, true);
    entry += 46 + view.getUint16(entry + 28, true);
  }
  return bytes;
}

it('what is larger than asked for, or than all entries may be, is not unpacked', async () => {
  const small = await archive({ a: [text, { level: 6 }] });
  await expect(small.source('a', text.length - 1)).rejects.toMatchObject({ exitCode: 4 });
  expect((await small.source('a', text.length))?.size).toBe(text.length);
});

it('entries that claim to shrink more than weights do are not unpacked', async () => {
  const size = 100 << 20;
  const bomb = claiming(zipSync({ a: [text, { level: 6 }] }), [size]);
  const zip = await ZipArchive.open(memorySource(bomb, 'm.zip'));
  await expect(zip.source('a')).rejects.toThrow(`"a" is ${size} bytes once unpacked`);
});

it('all entries together are unpacked to a gigabyte', async () => {
  const names = Array.from({ length: 70 }, (_, index) => `entry ${index}`);
  const size = 15 << 20;
  const files = Object.fromEntries(names.map((name) => [name, text]));
  const bomb = claiming(
    zipSync(files),
    names.map(() => size),
  );
  const zip = await ZipArchive.open(memorySource(bomb, 'm.zip'));
  const messages: string[] = [];
  for (const name of names) await zip.source(name).catch((error) => messages.push(error.message));
  expect(messages[67]).toContain('another size');
  expect(messages[68]).toContain('bytes once unpacked');
});
