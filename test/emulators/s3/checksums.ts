/** The checksums that S3 keeps beside an object, computed while bytes pass. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { CRC32, CRC32C, CRC64NVME, type CrcKind, combineCrcs, startCrc } from './crc.ts';

export const ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** Of the whole object, or of its parts' checksums. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

/** A stored checksum. `value` is base64, with `-<parts>` behind a composite one. */
export interface Checksum {
  readonly algorithm: Algorithm;
  readonly type: ChecksumType;
  readonly value: string;
}

export const headerOf = (algorithm: Algorithm): string =>
  `x-amz-checksum-${algorithm.toLowerCase()}`;

/** The name of its member in documents. */
export const memberOf = (algorithm: Algorithm): string => `Checksum${algorithm}`;

export const isAlgorithm = (name: string): name is Algorithm =>
  ALGORITHMS.some((algorithm) => algorithm === name);

const CRCS: Readonly<Partial<Record<Algorithm, CrcKind>>> = { CRC32, CRC32C, CRC64NVME };

export interface Running {
  update(data: Uint8Array): void;
  /** base64 */
  value(): string;
}

/** Begins a checksum. */
export function startChecksum(algorithm: Algorithm): Running {
  if (algorithm === 'CRC32') return nativeCrc32();
  const kind = CRCS[algorithm];
  if (kind) {
    const crc = startCrc(kind);
    return { update: (data) => crc.update(data), value: () => crc.digest().toString('base64') };
  }
  const hash = createHash(algorithm.toLowerCase());
  return { update: (data) => void hash.update(data), value: () => hash.digest('base64') };
}

function nativeCrc32(): Running {
  let crc = 0;
  return {
    update(data) {
      crc = crc32(data, crc);
    },
    value() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(crc);
      return bytes.toString('base64');
    },
  };
}

/** Only CRCs can be put together from those of parts. */
export const canBeFullObject = (algorithm: Algorithm): boolean => CRCS[algorithm] !== undefined;

/** The checksum of an object from those of its parts, given in their order. */
export function combineChecksums(
  algorithm: Algorithm,
  type: ChecksumType,
  parts: readonly { readonly value: string; readonly size: number }[],
): Checksum {
  const raw = parts.map(({ value, size }) => ({ bytes: Buffer.from(value, 'base64'), size }));
  const kind = CRCS[algorithm];
  if (type === 'FULL_OBJECT' && kind) {
    const value = raw.reduce<Buffer | undefined>(
      (sum, { bytes, size }) => (sum ? combineCrcs(kind, sum, bytes, size) : bytes),
      undefined,
    );
    return { algorithm, type, value: (value ?? Buffer.alloc(0)).toString('base64') };
  }
  const running = startChecksum(algorithm);
  for (const { bytes } of raw) running.update(bytes);
  return { algorithm, type: 'COMPOSITE', value: `${running.value()}-${parts.length}` };
}
