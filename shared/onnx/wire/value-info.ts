/** ValueInfoProto. */
import type { ValueInfo, ValueType } from '../model.ts';
import type { ByteRange } from '../stored-tensor.ts';
import type { WireSink } from './sink.ts';
import { readStringEntry, writeStringEntries } from './string-entries.ts';
import { readType, writeType } from './type.ts';
import type { WireReader } from './wire-reader.ts';

/** The current message as a named value. */
export function readValueInfo(reader: WireReader): ValueInfo {
  let name = '';
  let type: ValueType | null = null;
  let docString = '';
  let metadata: Map<string, string> | undefined;
  let unknown: ByteRange[] | undefined;
  reader.charge(300);
  while (reader.next()) {
    if (reader.field === 1) name = reader.string();
    else if (reader.field === 2) type = reader.message(readType);
    else if (reader.field === 3) docString = reader.string();
    else if (reader.field === 4) metadata = readStringEntry(reader, metadata);
    else unknown = reader.unknown(unknown);
  }
  return {
    name,
    type,
    ...(docString ? { docString } : {}),
    ...(metadata ? { metadata } : {}),
    ...(unknown ? { unknown } : {}),
  };
}

/** The fields of a ValueInfoProto. */
export function writeValueInfo(sink: WireSink, info: ValueInfo): void {
  sink.string(1, info.name);
  if (info.type) sink.message(2, writeType, info.type);
  if (info.docString) sink.string(3, info.docString);
  writeStringEntries(sink, 4, info.metadata);
  sink.verbatim(info.unknown);
}
