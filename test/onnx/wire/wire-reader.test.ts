import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../shared/base/errors.ts';
import { MAX_HELD_BYTES, MAX_MESSAGE_DEPTH } from '../../../shared/onnx/limits.ts';
import { type WireReader, WireType } from '../../../shared/onnx/wire/wire-reader.ts';
import { readerOf } from './_messages.ts';

/** The reader, standing at its first field. */
function at(...bytes: number[]): WireReader {
  const reader = readerOf(bytes);
  expect(reader.next()).toBe(true);
  return reader;
}

/** A varint field 1 with the value that many bytes encode. */
const varint = (value: bigint): number[] => {
  const bytes = [0x08];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
};

describe('varints', () => {
  it.each([
    0n,
    1n,
    127n,
    128n,
    300n,
    2n ** 28n - 1n,
    2n ** 28n,
    2n ** 31n,
    2n ** 53n - 1n,
    -1n,
    -128n,
    -(2n ** 53n) + 1n,
  ])('%s is a number', (value) => {
    expect(at(...varint(value)).int64()).toBe(Number(value));
  });

  it.each([2n ** 53n, 2n ** 56n + 1n, 2n ** 63n - 1n, -(2n ** 53n), -(2n ** 63n)])(
    '%s stays exact',
    (value) => {
      const read = at(...varint(value)).int64();
      expect(BigInt(read)).toBe(value);
    },
  );

  it('refuses those that are cut off, too long or too large', () => {
    expect(() => at(0x08, 0x80).int64()).toThrow('cut off');
    expect(() => at(0x08, ...new Array(10).fill(0x80), 0x00).int64()).toThrow('longer than ten');
    expect(() => at(0x08, ...new Array(9).fill(0xff), 0x02).int64()).toThrow('larger than 64 bits');
  });

  it('takes one that is longer than it has to be', () => {
    expect(at(0x08, 0x81, 0x80, 0x00).int64()).toBe(1);
  });

  it('refuses an inexact one where a number is wanted', () => {
    expect(() => at(...varint(2n ** 60n)).integer()).toThrow(ModelError);
  });
});

describe('fields', () => {
  it('refuses number 0, groups and wire types of other fields', () => {
    expect(() => readerOf([0x00, 0x00]).next()).toThrow('key 0');
    expect(() => at(0x0b).skip()).toThrow('wire type 3');
    expect(() => at(0x08, 1).string()).toThrow('wire type 0');
    expect(() => at(0x0a, 0).int64()).toThrow('wire type 2');
  });

  it('refuses contents that are longer than what is left, wherever they are used', () => {
    const uses: readonly ((reader: WireReader) => unknown)[] = [
      (reader) => reader.string(),
      (reader) => reader.bytes(),
      (reader) => reader.range(),
      (reader) => reader.skip(),
      (reader) => reader.message(() => undefined),
      (reader) => reader.unknown(undefined),
      (reader) => reader.int64s(undefined),
    ];
    for (const use of uses) {
      expect(() => use(at(0x0a, 5, 1, 2, 3, 4))).toThrow('wants 5 bytes where 4 are left');
      expect(() => use(at(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f))).toThrow(
        ModelError,
      );
    }
    expect(() => at(0x0d, 1, 2, 3).skip()).toThrow('cut off');
    expect(() => at(0x09, 1, 2, 3).skip()).toThrow('cut off');
  });

  it('a nested field may not leave its message, though the file goes on', () => {
    const reader = at(0x0a, 2, 0x0a, 3, 1, 2, 3);
    expect(() =>
      reader.message((inner) => {
        inner.next();
        inner.skip();
      }),
    ).toThrow('wants 3 bytes where 0 are left');
  });

  it('reads strings as UTF-8 and refuses others', () => {
    expect(at(0x0a, 3, 0xe2, 0x82, 0xac).string()).toBe('€');
    expect(at(0x0a, 3, 0xef, 0xbf, 0xbd).string()).toBe('\ufffd');
    expect(() => at(0x0a, 2, 0xc3, 0x28).string()).toThrow('not UTF-8');
    expect(() => at(0x0a, 3, 0xff, 0xfe, 0xfd).string()).toThrow('not UTF-8');
  });

  it('reads lists packed and one by one', () => {
    const packed = at(0x0a, 4, 1, 2, 0xac, 0x02);
    expect(packed.int64s(undefined)).toEqual([1, 2, 300]);
    expect(at(0x08, 7).int64s([5])).toEqual([5, 7]);
    expect(at(0x0a, 4, 0, 0, 0x80, 0x3f).float32s(undefined)).toEqual([1]);
    expect(() => at(0x0a, 3, 0, 0, 0x80).float32s(undefined)).toThrow('cut off');
    expect(() => at(0x0a, 2, 1, 0x80, 1).int64s(undefined)).toThrow('cut off');
  });

  it('keeps unknown neighbours as one range, keys included', () => {
    const reader = readerOf([0x08, 1, 0x12, 1, 9, 0x18, 5, 0x25, 1, 2, 3, 4]);
    reader.next();
    let kept = reader.unknown(undefined);
    reader.next();
    kept = reader.unknown(kept);
    reader.next();
    reader.skip();
    reader.next();
    kept = reader.unknown(kept);
    expect(kept.map(({ offset, length }) => [offset, length])).toEqual([
      [0, 5],
      [7, 5],
    ]);
  });
});

it('walks over a window’s end wherever it falls', () => {
  const lengths = [0, 1, 127, 128, 4070, 4090, 4096, 5000, 20000, 300_000];
  const bytes: number[] = [];
  for (const length of lengths) {
    bytes.push(0x0a);
    let rest = length;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
    bytes.push(rest);
    for (let index = 0; index < length; index++) bytes.push(97 + (index % 26));
    bytes.push(0x10, 0xff, 0xff, 0xff, 0x7f);
  }
  for (const skips of [false, true]) {
    const reader = readerOf(bytes);
    const seen: number[] = [];
    while (reader.next()) {
      if (reader.wireType === WireType.varint) expect(reader.integer()).toBe(2 ** 28 - 1);
      else seen.push(skips ? reader.range().length : reader.string().length);
    }
    expect(seen).toEqual(lengths);
  }
});

describe('limits', () => {
  const nest = (reader: WireReader): void => {
    while (reader.next()) reader.message(nest);
  };

  /** A message within a message, `depth` deep. */
  function nested(depth: number): Uint8Array {
    const parts: number[][] = [];
    let length = 0;
    for (let level = 0; level < depth; level++) {
      const head = [0x0a];
      let rest = length;
      for (; rest > 127; rest = Math.floor(rest / 128)) head.push((rest % 128) | 128);
      head.push(rest);
      parts.push(head);
      length += head.length;
    }
    return Uint8Array.from(parts.toReversed().flat());
  }

  it('nesting: as deep as protobuf, no deeper', () => {
    nest(readerOf(nested(MAX_MESSAGE_DEPTH)));
    expect(() => nest(readerOf(nested(MAX_MESSAGE_DEPTH + 1)))).toThrow('nested more than');
    expect(() => nest(readerOf(nested(100_000)))).toThrow('nested more than');
  });

  it('memory: what is kept is counted', () => {
    const reader = readerOf([]);
    reader.charge(MAX_HELD_BYTES);
    expect(() => reader.charge(1)).toThrow('of memory besides its weights');
  });

  it('a string of more than 16 MiB', () => {
    const bytes = new Uint8Array(2 ** 24 + 10);
    bytes.set([0x0a, 0x81, 0x80, 0x80, 0x08]);
    const reader = readerOf(bytes);
    reader.next();
    expect(() => reader.string()).toThrow('a string has 16777217 bytes');
  });
});

it('shares messages of the same bytes, unless told otherwise', () => {
  const bytes = [0x0a, 2, 0x08, 1, 0x0a, 2, 0x08, 1, 0x0a, 2, 0x08, 2];
  const read = (isShareable: boolean): [string, { type: 'int'; value: number | bigint }][] => {
    const reader = readerOf(bytes);
    const found: [string, { type: 'int'; value: number | bigint }][] = [];
    while (reader.next()) {
      found.push(
        reader.sharedMessage(
          reader.attributes,
          (inner) => {
            inner.next();
            const value = inner.int64();
            expect(inner.next()).toBe(false);
            return ['a', { type: 'int', value }];
          },
          () => isShareable,
        ) as [string, { type: 'int'; value: number | bigint }],
      );
    }
    return found;
  };
  const [first, second, third] = read(true);
  expect(first).toBe(second);
  expect(third).toEqual(['a', { type: 'int', value: 2 }]);
  const [one, other] = read(false);
  expect(one).not.toBe(other);
  expect(one).toEqual(other);
});

it('reads a message that lies elsewhere, and goes on where it was', () => {
  // Two messages of one varint, then far from both a third: none fits a window with another.
  const far = 3 << 16;
  const bytes = new Uint8Array(far + 2);
  bytes.set([0x08, 1, 0x08, 2]);
  bytes.set([0x08, 3], far);
  const reader = readerOf([...bytes]);
  const valueAt = (offset: number): unknown =>
    reader.messageAt(offset, 2, () => [reader.next(), reader.integer(), reader.next()]);
  expect(valueAt(far)).toEqual([true, 3, false]);
  expect(valueAt(2)).toEqual([true, 2, false]);
  expect(valueAt(far)).toEqual([true, 3, false]);
  expect([reader.next(), reader.integer(), reader.next(), reader.integer()]).toEqual([
    true,
    1,
    true,
    2,
  ]);
});
