/** StringStringEntryProto lists, written. */
import type { Encoder } from './encoder.ts';

/** One entry a pair, in the map's order. */
export function writeStringMap(
  encoder: Encoder,
  field: number,
  map: ReadonlyMap<string, string>,
): void {
  for (const [key, value] of map) {
    encoder.message(field, () => {
      encoder.string(1, key);
      encoder.string(2, value);
    });
  }
}
