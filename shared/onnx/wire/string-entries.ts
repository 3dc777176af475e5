/** StringStringEntryProto: metadata_props, and external_data of tensors. */
import type { ByteRange } from '../stored-tensor.ts';
import type { WireSink } from './sink.ts';
import type { WireReader } from './wire-reader.ts';

/** Adds the current field to `map`. A key that comes twice keeps its last value, as protobuf's map users do. */
export function readStringEntry(
  reader: WireReader,
  map: Map<string, string> | undefined,
): Map<string, string> {
  const entries = map ?? new Map<string, string>();
  const [key, value] = reader.message(readEntry);
  reader.charge(300);
  entries.set(key, value);
  return entries;
}

/** Each entry as a message of `field`. */
export function writeStringEntries(
  sink: WireSink,
  field: number,
  map: ReadonlyMap<string, string> | undefined,
): void {
  if (map) for (const entry of map) sink.message(field, writeEntry, entry);
}

function readEntry(reader: WireReader): readonly [string, string] {
  let key = '';
  let value = '';
  let unknown: ByteRange[] | undefined;
  while (reader.next()) {
    if (reader.field === 1) key = reader.string();
    else if (reader.field === 2) value = reader.string();
    else unknown = reader.unknown(unknown);
  }
  // A map has no place for more: dropping it unseen would be worse than to refuse.
  if (unknown) throw reader.error(`the metadata entry '${key}' has fields of a later schema`);
  return [key, value];
}

function writeEntry(sink: WireSink, [key, value]: readonly [string, string]): void {
  sink.string(1, key);
  sink.string(2, value);
}
