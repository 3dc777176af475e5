/**
 * The index of a checkpoint: a table of sorted keys, as LevelDB writes it. Blocks hold entries whose keys
 * leave out what they share with the one before; an index block holds the places of the others.
 *
 * Source: tensorflow/core/lib/io/{format,block,table_builder}.cc.
 */
import { LimitError, ModelError, UnsupportedError } from '../../base/errors.ts';
import { memorySource, sectionOf } from '../../onnx/byte-source.ts';
import type { ByteSource } from '../../onnx/stored-tensor.ts';
import { ByteCursor } from '../tf/proto/byte-cursor.ts';

/** The last eight bytes of every table, as two little-endian numbers. */
const MAGIC = [0x8b80fb57, 0xdb477524] as const;
const FOOTER_BYTES = 48;

/** Behind each block: how it is compressed, and its checksum. */
const TRAILER_BYTES = 5;

/** Keys of half a million variables and their places; all of it is held while the table is read (CWE-789). */
const MAX_TABLE_BYTES = 64 * 2 ** 20;

/** Variables of one model: an optimizer state included, the largest have some ten thousand. */
const MAX_ENTRIES = 1_000_000;

/** A path of objects that leads to a variable; every key is built anew from the one before (CWE-400). */
const MAX_KEY_BYTES = 4096;

/** All entries in order; keys are Latin-1, as those of slices are no text. @throws ModelError when it is damaged */
export function readTable(source: ByteSource): ReadonlyMap<string, Uint8Array> {
  if (source.size > MAX_TABLE_BYTES)
    throw new LimitError(
      `'${source.name}' has ${source.size} bytes; an index of up to ${MAX_TABLE_BYTES} is read`,
    );
  if (source.size < FOOTER_BYTES) throw notATable(source);
  const footer = source.read(source.size - FOOTER_BYTES, FOOTER_BYTES);
  const view = new DataView(footer.buffer, footer.byteOffset, footer.byteLength);
  if (view.getUint32(40, true) !== MAGIC[0] || view.getUint32(44, true) !== MAGIC[1])
    throw notATable(source);
  const places = new ByteCursor(sectionOf(source, source.size - FOOTER_BYTES, FOOTER_BYTES));
  // The first place is that of a block of notes, which no checkpoint has.
  readPlace(places);
  const entries = new Map<string, Uint8Array>();
  let bytes = 0;
  for (const [, place] of entriesOf(source, readPlace(places))) {
    const block = readPlace(new ByteCursor(memorySource(place, source.name)));
    // Blocks that lie on each other would make much of little.
    bytes += block.size;
    if (bytes > source.size) throw damaged(source, 'its blocks overlap');
    for (const [key, value] of entriesOf(source, block)) {
      if (entries.size >= MAX_ENTRIES)
        throw new LimitError(`'${source.name}' has more than ${MAX_ENTRIES} entries`);
      entries.set(key, value);
    }
  }
  return entries;
}

interface Place {
  readonly offset: number;
  readonly size: number;
}

const readPlace = (cursor: ByteCursor): Place => ({
  offset: cursor.number(),
  size: cursor.number(),
});

/** Entries of one block. */
function* entriesOf(
  source: ByteSource,
  { offset, size }: Place,
): Iterable<readonly [string, Uint8Array]> {
  if (size < 4 || offset + size + TRAILER_BYTES > source.size)
    throw damaged(source, `a block of ${size} bytes at ${offset} lies outside of it`);
  const compression = source.read(offset + size, 1)[0] ?? 0;
  if (compression !== 0)
    throw new UnsupportedError(
      `'${source.name}' is compressed (${compression === 1 ? 'Snappy' : `kind ${compression}`})`,
      { hint: 'TensorFlow itself writes it uncompressed: load and save the model again with it.' },
    );
  const block = source.read(offset, size);
  const restarts = new DataView(block.buffer, block.byteOffset + size - 4, 4).getUint32(0, true);
  const end = size - 4 - 4 * restarts;
  if (end < 0) throw damaged(source, `a block says that it has ${restarts} places to start from`);
  const cursor = new ByteCursor(memorySource(block.subarray(0, end), source.name));
  let key = '';
  while (!cursor.isAtEnd) {
    const shared = cursor.number();
    const added = cursor.number();
    const length = cursor.number();
    if (shared > key.length || shared + added > MAX_KEY_BYTES)
      throw damaged(source, `a key shares ${shared} bytes with one of ${key.length}`);
    key = key.slice(0, shared) + Buffer.from(cursor.take(added)).toString('latin1');
    yield [key, cursor.take(length)];
  }
}

const notATable = (source: ByteSource): ModelError =>
  damaged(source, 'it does not end as the index of a checkpoint does');

const damaged = (source: ByteSource, what: string): ModelError =>
  new ModelError(`'${source.name}' is damaged: ${what}`, {
    hint: 'Copy or export the whole model again: variables.index belongs to its data files.',
  });
