/** Very large objects that are holes but for what is read of them; what was read is counted, and the rest forbidden. */
import { writeFile } from 'node:fs/promises';
import type {
  ObjectInfo,
  ReadableObjects,
} from '../../../shared/pipeline/distributed/object-store.ts';

/** Bytes, or the length of a hole. */
export type Piece = Uint8Array | number;

export const lengthOf = (pieces: readonly Piece[]): number =>
  pieces.reduce<number>((sum, piece) => sum + sizeOf(piece), 0);

const sizeOf = (piece: Piece): number => (typeof piece === 'number' ? piece : piece.length);

/** All of it, holes as zeros. */
export const filled = (pieces: readonly Piece[]): Uint8Array =>
  rangeOf(pieces, 0, lengthOf(pieces));

/** A range of it, holes as zeros. */
function rangeOf(pieces: readonly Piece[], offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    const from = Math.max(offset, at);
    const to = Math.min(offset + length, at + sizeOf(piece));
    if (from < to && typeof piece !== 'number')
      bytes.set(piece.subarray(from - at, to - at), from - offset);
    at += sizeOf(piece);
  }
  return bytes;
}

/** Reading is all that it does. */
export class SparseObjects implements ReadableObjects {
  readonly name = 's3://inbox';
  /** Bytes, by key. */
  readonly read: Record<string, number> = {};
  requests = 0;
  readonly #objects: Readonly<Record<string, readonly Piece[]>>;
  readonly #maxBytes: number;

  /** No more than `maxBytes` may be read of an object. */
  constructor(objects: Readonly<Record<string, readonly Piece[]>>, maxBytes: number) {
    this.#objects = objects;
    this.#maxBytes = maxBytes;
  }

  async get(key: string, { range }: { readonly range?: readonly [number, number] } = {}) {
    const pieces = this.#objects[key];
    if (!pieces) return undefined;
    const [offset, length] = range ?? [0, lengthOf(pieces)];
    this.requests++;
    this.read[key] = (this.read[key] ?? 0) + length;
    if ((this.read[key] ?? 0) > this.#maxBytes)
      throw new Error(`more than ${this.#maxBytes} bytes of ${key} were read`);
    const info: ObjectInfo = {
      ...{ key, bytes: lengthOf(pieces), etag: 'same', lastModified: new Date(0) },
    };
    return { bytes: rangeOf(pieces, offset, length), info };
  }

  async download(key: string, path: string): Promise<void> {
    const found = await this.get(key);
    await writeFile(path, found?.bytes ?? '');
  }
}

function varint(value: number): number[] {
  const bytes = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}

/** A protobuf field of bytes, a message or text. */
const field = (number: number, content: readonly Piece[] | string): Piece[] => {
  const pieces = typeof content === 'string' ? [new TextEncoder().encode(content)] : content;
  return [Uint8Array.from([...varint(number * 8 + 2), ...varint(lengthOf(pieces))]), ...pieces];
};

const count = (number: number, value: number): Piece =>
  Uint8Array.from([...varint(number * 8), ...varint(value)]);

/** One file: `x0 [N, width]` through `layers` products whose weights, in it, are holes. */
export function sparseOnnx(layers: number, width: number): Piece[] {
  const weight = (layer: number): Piece[] => [
    ...[count(1, width), count(1, width), count(2, 1)],
    ...field(8, `w${layer}`),
    ...field(9, [4 * width * width]),
  ];
  const node = (layer: number): Piece[] => [
    ...field(1, `x${layer}`),
    ...field(1, `w${layer}`),
    ...field(2, `x${layer + 1}`),
    ...field(4, 'MatMul'),
  ];
  const value = (name: string): Piece[] => {
    const dims = [...field(1, field(2, 'N')), ...field(1, [count(1, width)])];
    return [...field(1, name), ...field(2, field(1, [count(1, 1), ...field(2, dims)]))];
  };
  const each = Array.from({ length: layers }, (_, layer) => layer);
  return [
    count(1, 8),
    ...field(7, [
      ...each.flatMap((layer) => field(1, node(layer))),
      ...field(2, 'sparse'),
      ...each.flatMap((layer) => field(5, weight(layer))),
      ...field(11, value('x0')),
      ...field(12, value(`x${layers}`)),
    ]),
    ...field(8, [...field(1, ''), count(2, 17)]),
  ];
}

function npy(type: string, shape: readonly number[], bytes: number): Piece[] {
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const padded = `${text.padEnd(117)}\n`;
  return [
    Uint8Array.from([0x93, ...Buffer.from('NUMPY'), 1, 0, padded.length, 0]),
    new TextEncoder().encode(padded),
    bytes,
  ];
}

/** An `.npz` of `samples` float32 rows of zeros and their labels. */
export function sparseNpz(samples: number, width: number): Piece[] {
  const arrays = {
    'x.npy': npy('<f4', [samples, width], 4 * samples * width),
    'y.npy': npy('<i8', [samples], 8 * samples),
  };
  const files: Piece[] = [];
  const directory: Piece[] = [];
  for (const [name, content] of Object.entries(arrays)) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(lengthOf(content), 14);
    common.writeUInt32LE(lengthOf(content), 18);
    common.writeUInt16LE(name.length, 22);
    const central = Buffer.alloc(14);
    central.writeUInt32LE(lengthOf(files), 10);
    const text = new TextEncoder().encode(name);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, central, text);
    files.push(Buffer.from('PK\x03\x04', 'latin1'), common, text, ...content);
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(Object.keys(arrays).length, 8);
  end.writeUInt16LE(Object.keys(arrays).length, 10);
  end.writeUInt32LE(lengthOf(directory), 12);
  end.writeUInt32LE(lengthOf(files), 16);
  return [...files, ...directory, end];
}
