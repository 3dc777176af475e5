/** Tables of checkpoints by hand. */
import { join, varint } from '../../onnx/_hostile.ts';

const MAGIC = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];

export type Entries = readonly (readonly [key: string, value: Uint8Array])[];

/** Entries as they stand in a block; keys are Latin-1 and share nothing unless told. */
export const block = (entries: Entries, shared: readonly number[] = []): Uint8Array =>
  join(
    ...entries.map(([key, value], index) => {
      const rest = Buffer.from(key.slice(shared[index] ?? 0), 'latin1');
      return join(
        varint(shared[index] ?? 0),
        varint(rest.length),
        varint(value.length),
        rest,
        value,
      );
    }),
    [0, 0, 0, 0, 1, 0, 0, 0],
  );

export const place = (offset: number, size: number): Uint8Array =>
  join(varint(offset), varint(size));

/** A whole table out of encoded data blocks. */
export function tableOf(blocks: readonly Uint8Array[], compression = 0): Uint8Array {
  const trailer = [compression, 0, 0, 0, 0];
  let offset = 0;
  const places = blocks.map((bytes, index): [string, Uint8Array] => {
    const at = place(offset, bytes.length);
    offset += bytes.length + trailer.length;
    return [`k${index}`, at];
  });
  return closed(join(...blocks.map((bytes) => join(bytes, trailer))), block(places));
}

/** A table whose index block is given. */
export function closed(data: Uint8Array, index: Uint8Array): Uint8Array {
  const handles = join(place(0, 0), place(data.length, index.length));
  const padding = new Uint8Array(40 - handles.length);
  return join(data, index, [0, 0, 0, 0, 0], handles, padding, MAGIC);
}
