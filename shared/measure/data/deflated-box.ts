/** The beginning of a deflated array, of a file that is not all here: no more is read than what is asked for takes. */
import { constants, inflateRawSync } from 'node:zlib';
import { InputError } from '../../base/errors.ts';
import type { ByteSource } from '../../onnx/stored-tensor.ts';
import type { ByteBox } from './byte-box.ts';

/** Deflate adds five bytes to each 64 KiB that it cannot pack, and needs a few to begin. */
const OVERHEAD = 1.001;
const BEGINNING_BYTES = 1024;

/** Of what is unpacked for a range: its packed form may be that of a bomb (CWE-409). */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;

export interface Deflated {
  /** Where its packed bytes begin. */
  readonly start: number;
  readonly packedBytes: number;
  readonly bytes: number;
}

/** Whoever opened the source closes it. Everything before a range is unpacked with it: for what lies at the beginning. */
export function deflatedBox(
  source: ByteSource,
  { start, packedBytes, bytes }: Deflated,
  name: string,
): ByteBox {
  return {
    size: bytes,
    read: (offset, length) => {
      const end = offset + length;
      const enough = Math.ceil(end * OVERHEAD) + BEGINNING_BYTES;
      const packed = source.read(start, Math.min(packedBytes, enough));
      const unpacked = unpack(packed, name);
      if (offset < 0 || length < 0 || unpacked.length < end)
        throw new InputError(`${name} is truncated: it ends before byte ${end}`, { where: name });
      return new Uint8Array(unpacked.subarray(offset, end));
    },
    close: () => {},
  };
}

/** As much as the packed bytes hold. */
function unpack(packed: Uint8Array, name: string): Uint8Array {
  try {
    return inflateRawSync(packed, {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: MAX_UNPACKED_BYTES,
    });
  } catch (error) {
    throw new InputError(`${name} is damaged, or packed as nothing is that holds samples`, {
      where: name,
      cause: error,
    });
  }
}
