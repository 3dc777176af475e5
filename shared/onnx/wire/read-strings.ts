/** StringStringEntryProto: metadata and external data. */
import type { Scanner } from './scanner.ts';

/** Reads one entry into the map; a repeated key keeps its last value. */
export function readStringMapEntry(scanner: Scanner, end: number, into: Map<string, string>): void {
  let key = '';
  let value = '';
  for (const item of scanner.fields(end)) {
    if (item.number === 1) key = scanner.string(item.end);
    else if (item.number === 2) value = scanner.string(item.end);
  }
  into.set(key, value);
}
