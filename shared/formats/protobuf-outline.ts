/** The top-level fields of a protobuf file, by skipping from length to length: a few reads, whatever the size. */
import type { ByteSource } from '../onnx/stored-tensor.ts';
import { MAX_TOP_FIELDS } from './limits.ts';

export interface TopField {
  readonly number: number;
  readonly wire: number;
  /** Where its content begins: behind key and length. */
  readonly offset: number;
  /** Of its content; for a varint its value. */
  readonly value: number;
}

export interface Outline {
  readonly fields: readonly TopField[];
  /** `complete`, `truncated` (a length leads past the end), or `broken` (no protobuf). */
  readonly end: 'complete' | 'truncated' | 'broken';
}

/** Source: protobuf.dev/programming-guides/encoding. Groups (wire types 3, 4) count as broken: no format here has them. */
export function outlineOf(source: ByteSource): Outline {
  const { size } = source;
  const fields: TopField[] = [];
  const buffer = new Uint8Array(20);
  for (let at = 0; at < size; ) {
    if (fields.length >= MAX_TOP_FIELDS) return { fields, end: 'broken' };
    const count = Math.min(buffer.length, size - at);
    const window = buffer.subarray(0, count);
    source.readInto(window, at);
    const key = varint(window, 0, count);
    if (!key) return { fields, end: at + count >= size && count < 10 ? 'truncated' : 'broken' };
    const number = Math.floor(key.value / 8);
    const wire = key.value % 8;
    if (number < 1 || number > 0x1fffffff) return { fields, end: 'broken' };
    const body = wire === 0 || wire === 2 ? varint(window, key.next, count) : undefined;
    let next: number;
    if (wire === 0 && body) next = at + body.next;
    else if (wire === 2 && body) next = at + body.next + body.value;
    else if (wire === 1) next = at + key.next + 8;
    else if (wire === 5) next = at + key.next + 4;
    else return { fields, end: 'broken' };
    fields.push({ number, wire, offset: at + (body?.next ?? key.next), value: body?.value ?? 0 });
    if (next > size) return { fields, end: 'truncated' };
    at = next;
  }
  return { fields, end: 'complete' };
}

function varint(
  bytes: Uint8Array,
  start: number,
  end: number,
): { value: number; next: number } | undefined {
  let value = 0;
  for (let index = start; index < Math.min(end, start + 10); index++) {
    const byte = bytes[index] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * (index - start));
    if (byte < 0x80) return { value, next: index + 1 };
  }
  return undefined;
}
