import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CRC32, CRC32C, CRC64NVME, type CrcKind, combineCrcs, startCrc } from './crc.ts';

const crcOf = (kind: CrcKind, data: Uint8Array, step = data.length): Buffer => {
  const crc = startCrc(kind);
  for (let at = 0; at < data.length; at += step) crc.update(data.subarray(at, at + step));
  return crc.digest();
};

/** The check values of the catalogue of CRCs: what `123456789` gives. */
it.each([
  ['CRC-32', CRC32, 'cbf43926'],
  ['CRC-32C', CRC32C, 'e3069283'],
  ['CRC-64/NVME', CRC64NVME, 'ae8b14860a799888'],
])('%s', (_name, kind, expected) => {
  expect(crcOf(kind, Buffer.from('123456789')).toString('hex')).toBe(expected);
});

const data = Buffer.from(Array.from({ length: 1000 }, (_, index) => (index * index) % 251));

it('agrees with the example of the S3 documentation', () => {
  expect(crcOf(CRC32C, Buffer.alloc(66560, 'a')).toString('base64')).toBe('sOO8/Q==');
});

it('agrees with zlib', () => {
  expect(crcOf(CRC32, data).readUInt32BE()).toBe(crc32(data));
});

describe.each([
  ['32', CRC32C],
  ['64', CRC64NVME],
])('of %s bits', (_width, kind) => {
  it.each([1, 3, 8, 64, 999])('is the same in pieces of %i', (step) => {
    expect(crcOf(kind, data, step)).toEqual(crcOf(kind, data));
  });

  it.each([0, 1, 7, 500, 999, 1000])('is put together from pieces at %i', (at) => {
    const [first, second] = [data.subarray(0, at), data.subarray(at)];
    const combined = combineCrcs(
      kind,
      crcOf(kind, first, 64),
      crcOf(kind, second, 64),
      second.length,
    );
    expect(combined).toEqual(crcOf(kind, data));
  });
});
