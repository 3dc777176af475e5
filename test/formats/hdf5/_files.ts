/** HDF5 files for tests, one for each way in which libraries write things: `test/fixtures/hdf5`. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { FileBytes } from '../../../shared/formats/hdf5/file-bytes.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';

interface Hdf5Case {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const FIXTURE = new URL('../../fixtures/hdf5/files.json.gz', import.meta.url);

const read: readonly { readonly name: string; readonly file: string }[] = JSON.parse(
  gunzipSync(readFileSync(FIXTURE)).toString(),
);

export const hdf5Cases: readonly Hdf5Case[] = read.map(({ name, file }) => ({
  name,
  bytes: new Uint8Array(Buffer.from(file, 'base64')),
}));

/** The bytes of the case of that name. */
export function hdf5Bytes(name: string): Uint8Array {
  const found = hdf5Cases.find((item) => item.name === name);
  if (!found) throw new Error(`there is no case "${name}"`);
  return found.bytes;
}

/** Bytes as structures are read from them. */
export const fileBytes = (bytes: Uint8Array | readonly number[]): FileBytes =>
  new FileBytes(memorySource(Uint8Array.from(bytes), 'm.h5'));

/** A number as HDF5 writes it, `[value, bytes]`, or letters. */
export type Part = readonly [number, number] | string;

/** The parts one after the other. */
export function written(...parts: readonly Part[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => {
      if (typeof part === 'string') return [...Buffer.from(part, 'latin1')];
      const [value, size] = part;
      return Array.from({ length: size }, (_, byte) => Math.floor(value / 256 ** byte) % 256);
    }),
  );
}

/** `[type, body, flags]` */
export type HeaderMessage = readonly [number, Uint8Array, number?];

/** A header of the first version with one block of messages. */
export function oldHeader(...messages: readonly HeaderMessage[]): Uint8Array {
  const blocks = messages.map(([type, body, flags = 0]) =>
    Buffer.concat([written([type, 2], [body.length, 2], [flags, 4]), body]),
  );
  const block = Buffer.concat(blocks);
  return Buffer.concat([written([1, 2], [messages.length, 2], [1, 4], [block.length, 8]), block]);
}
