/**
 * CRCs of 32 and 64 bits, reflected, starting from and ending with all ones: the kind that S3 offers.
 * Eight bytes a round through tables of two halves: fast enough for objects of gigabytes.
 */

/** A running CRC. */
export interface Crc {
  update(data: Uint8Array): void;
  /** Big endian, as S3 writes it in base64. */
  digest(): Buffer;
}

/** One CRC: its width, and its polynomial with the lowest power in the highest bit. */
export interface CrcKind {
  readonly width: 32 | 64;
  readonly polynomial: bigint;
}

export const CRC32: CrcKind = { width: 32, polynomial: 0xedb88320n };
export const CRC32C: CrcKind = { width: 32, polynomial: 0x82f63b78n };
export const CRC64NVME: CrcKind = { width: 64, polynomial: 0x9a6c9329ac4bc9b5n };

interface Tables {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

const tablesOf = new Map<bigint, Tables>();

/** `table[256 * k + b]`: what byte `b` does to the CRC with `k` zero bytes after it. */
function makeTables({ polynomial }: CrcKind): Tables {
  const known = tablesOf.get(polynomial);
  if (known) return known;
  const low = new Uint32Array(8 * 256);
  const high = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = BigInt(byte);
    for (let zeros = 0; zeros < 8; zeros++) {
      for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n;
      low[256 * zeros + byte] = Number(crc & 0xffffffffn);
      high[256 * zeros + byte] = Number(crc >> 32n);
    }
  }
  const tables = { low, high };
  tablesOf.set(polynomial, tables);
  return tables;
}

/** Begins a CRC. */
export function startCrc(kind: CrcKind): Crc {
  const { low: tableLow, high: tableHigh } = makeTables(kind);
  let low = 0xffffffff;
  let high = kind.width === 64 ? 0xffffffff : 0;
  const at = (table: Uint32Array, index: number): number => table[index] as number;
  return {
    update(data) {
      const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
      const rounds = data.length - (data.length % 8);
      let offset = 0;
      for (; offset < rounds; offset += 8) {
        const x = low ^ view.getUint32(offset, true);
        const y = high ^ view.getUint32(offset + 4, true);
        const x0 = 0x700 + (x & 255);
        const x1 = 0x600 + ((x >>> 8) & 255);
        const x2 = 0x500 + ((x >>> 16) & 255);
        const x3 = 0x400 + (x >>> 24);
        const y0 = 0x300 + (y & 255);
        const y1 = 0x200 + ((y >>> 8) & 255);
        const y2 = 0x100 + ((y >>> 16) & 255);
        const y3 = y >>> 24;
        low =
          at(tableLow, x0) ^
          at(tableLow, x1) ^
          at(tableLow, x2) ^
          at(tableLow, x3) ^
          at(tableLow, y0) ^
          at(tableLow, y1) ^
          at(tableLow, y2) ^
          at(tableLow, y3);
        high =
          at(tableHigh, x0) ^
          at(tableHigh, x1) ^
          at(tableHigh, x2) ^
          at(tableHigh, x3) ^
          at(tableHigh, y0) ^
          at(tableHigh, y1) ^
          at(tableHigh, y2) ^
          at(tableHigh, y3);
      }
      for (; offset < data.length; offset++) {
        const index = (low ^ view.getUint8(offset)) & 255;
        low = ((low >>> 8) | (high << 24)) ^ at(tableLow, index);
        high = (high >>> 8) ^ at(tableHigh, index);
      }
    },
    digest() {
      const bytes = Buffer.alloc(kind.width / 8);
      if (kind.width === 64) bytes.writeUInt32BE(~high >>> 0, 0);
      bytes.writeUInt32BE(~low >>> 0, bytes.length - 4);
      return bytes;
    },
  };
}

/** The CRC of two pieces one after the other, from theirs and the second one's length. */
export function combineCrcs(
  kind: CrcKind,
  first: Uint8Array,
  second: Uint8Array,
  length: number,
): Buffer {
  const value = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  const combined = multiply(kind, powerOfX(kind, length), value(first)) ^ value(second);
  return Buffer.from(combined.toString(16).padStart(kind.width / 4, '0'), 'hex');
}

/** x to the power of 8 · `bytes`, modulo the polynomial. */
function powerOfX(kind: CrcKind, bytes: number): bigint {
  let result = 1n << BigInt(kind.width - 1);
  let square = 1n << BigInt(kind.width - 9);
  for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = multiply(kind, square, result);
    square = multiply(kind, square, square);
  }
  return result;
}

/** The product of two polynomials of bits, modulo the kind's. */
function multiply({ width, polynomial }: CrcKind, a: bigint, b: bigint): bigint {
  let product = 0n;
  let factor = b;
  for (let bit = BigInt(width - 1); bit >= 0n; bit--) {
    if ((a >> bit) & 1n) product ^= factor;
    factor = factor & 1n ? (factor >> 1n) ^ polynomial : factor >> 1n;
  }
  return product;
}
