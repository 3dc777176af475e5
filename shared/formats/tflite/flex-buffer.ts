/**
 * Maps of numbers in FlexBuffers, as custom operators keep their options: the part of the format that they use.
 *
 * Source: flatbuffers.dev/flexbuffers.
 */
import { ModelError } from '../../base/errors.ts';
import { MAX_FLEX_ENTRIES } from './limits.ts';

/** Types of a value: the upper six bits of its type byte. */
const TYPE = {
  int: 1,
  uint: 2,
  float: 3,
  indirectInt: 6,
  indirectUint: 7,
  indirectFloat: 8,
  map: 9,
  bool: 26,
};

/** Bytes that are looked at for the end of a key: names of options are short. */
const MAX_KEY_BYTES = 256;

/** Numbers and truth values (0 or 1) of the root map by name; other values are left out. @throws ModelError for what is no map */
export function parseFlexMap(bytes: Uint8Array): ReadonlyMap<string, number> {
  const reader = new FlexReader(bytes);
  const end = bytes.length;
  if (end < 3) throw new ModelError('options of a custom operator are broken');
  const width = reader.byte(end - 1);
  const type = reader.byte(end - 2);
  if (type >> 2 !== TYPE.map) throw new ModelError('options of a custom operator are no map');
  const root = reader.follow(end - 2 - width, width);
  return readMap(reader, root, 1 << (type & 3));
}

function readMap(reader: FlexReader, at: number, width: number): ReadonlyMap<string, number> {
  const count = reader.uint(at - width, width);
  if (count > MAX_FLEX_ENTRIES)
    throw new ModelError('options of a custom operator hold too many entries');
  const keys = reader.follow(at - 3 * width, width);
  const keyWidth = reader.uint(at - 2 * width, width);
  const map = new Map<string, number>();
  for (let index = 0; index < count; index++) {
    const key = reader.key(reader.follow(keys + index * keyWidth, keyWidth));
    const value = reader.value(at + index * width, width, reader.byte(at + count * width + index));
    if (value !== undefined) map.set(key, value);
  }
  return map;
}

class FlexReader {
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  byte(at: number): number {
    return this.uint(at, 1);
  }

  uint(at: number, width: number): number {
    this.#check(at, width);
    if (width === 1) return this.#view.getUint8(at);
    if (width === 2) return this.#view.getUint16(at, true);
    if (width === 4) return this.#view.getUint32(at, true);
    return Number(this.#view.getBigUint64(at, true));
  }

  /** An offset backwards from where it stands. */
  follow(at: number, width: number): number {
    return at - this.uint(at, width);
  }

  /** Text up to a zero. */
  key(at: number): string {
    let text = '';
    for (let place = at; text.length < MAX_KEY_BYTES; place++) {
      const code = this.byte(place);
      if (code === 0) return text;
      text += String.fromCharCode(code);
    }
    throw new ModelError('options of a custom operator have a name without an end');
  }

  value(at: number, width: number, packed: number): number | undefined {
    const type = packed >> 2;
    if (type === TYPE.int) return this.#int(at, width);
    if (type === TYPE.uint || type === TYPE.bool) return this.uint(at, width);
    if (type === TYPE.float) return this.#float(at, width);
    const inner = 1 << (packed & 3);
    if (type === TYPE.indirectInt) return this.#int(this.follow(at, width), inner);
    if (type === TYPE.indirectUint) return this.uint(this.follow(at, width), inner);
    if (type === TYPE.indirectFloat) return this.#float(this.follow(at, width), inner);
    return undefined;
  }

  #int(at: number, width: number): number {
    const value = this.uint(at, width);
    const bits = 8 * width;
    return value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
  }

  #float(at: number, width: number): number {
    this.#check(at, width);
    if (width === 8) return this.#view.getFloat64(at, true);
    if (width === 4) return this.#view.getFloat32(at, true);
    throw new ModelError('options of a custom operator have a number of an odd width');
  }

  #check(at: number, width: number): void {
    if (!(width === 1 || width === 2 || width === 4 || width === 8))
      throw new ModelError('options of a custom operator are broken');
    if (!(at >= 0 && at + width <= this.#view.byteLength))
      throw new ModelError('options of a custom operator point outside of themselves');
  }
}
