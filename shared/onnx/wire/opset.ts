/** OperatorSetIdProto: a domain and its version. */
import type { WireSink } from './sink.ts';
import type { WireReader } from './wire-reader.ts';

/** Adds the current field to `opsets`; `ai.onnx` is written out or left empty, and means the same. */
export function readOpset(reader: WireReader, opsets: Map<string, number>): void {
  const [domain, version] = reader.message(readEntry);
  const known = opsets.get(domain);
  if (known !== undefined && known !== version)
    throw reader.error(`the operator set '${domain}' has versions ${known} and ${version}`);
  reader.charge(300);
  opsets.set(domain, version);
}

/** Each operator set as a message of `field`. */
export function writeOpsets(
  sink: WireSink,
  field: number,
  opsets: ReadonlyMap<string, number>,
): void {
  for (const entry of opsets) sink.message(field, writeEntry, entry);
}

function readEntry(reader: WireReader): readonly [string, number] {
  let domain = '';
  let version = 0;
  while (reader.next()) {
    if (reader.field === 1) domain = reader.string();
    else if (reader.field === 2) version = reader.integer();
    else throw reader.error(`the operator set '${domain}' has fields of a later schema`);
  }
  return [domain === 'ai.onnx' ? '' : domain, version];
}

function writeEntry(sink: WireSink, [domain, version]: readonly [string, number]): void {
  // Written even when empty, as onnx's own helper does: some readers want the field.
  sink.string(1, domain);
  sink.integer(2, version);
}
