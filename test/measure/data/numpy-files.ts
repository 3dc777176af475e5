/** Writes `.npy` and `.npz` for tests, independently of the reader. */
import { writeFileSync } from 'node:fs';
import { zipSync } from 'fflate';

export interface NpySource {
  /** NumPy's name of the element type, e.g. `<f4`. */
  readonly descr: string;
  readonly shape: readonly number[];
  /** The elements as they lie in the file. */
  readonly bytes: Uint8Array;
  readonly fortran?: boolean;
  readonly version?: 1 | 2 | 3;
}

export function npyBytes({
  descr,
  shape,
  bytes,
  fortran = false,
  version = 1,
}: NpySource): Uint8Array {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dict = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${dims}), }`;
  const start = version === 1 ? 10 : 12;
  const header = `${dict.padEnd(Math.ceil((start + dict.length + 1) / 64) * 64 - start - 1)}\n`;
  const file = new Uint8Array(start + header.length + bytes.length);
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(file.buffer);
  if (version === 1) view.setUint16(8, header.length, true);
  else view.setUint32(8, header.length, true);
  file.set(new TextEncoder().encode(header), start);
  file.set(bytes, start + header.length);
  return file;
}

const DESCR = [
  [Float32Array, '<f4'],
  [Float64Array, '<f8'],
  [Int8Array, '|i1'],
  [Uint8Array, '|u1'],
  [Int16Array, '<i2'],
  [Uint16Array, '<u2'],
  [Int32Array, '<i4'],
  [Uint32Array, '<u4'],
  [BigInt64Array, '<i8'],
  [BigUint64Array, '<u8'],
] as const;

type Elements = InstanceType<(typeof DESCR)[number][0]>;

/** A plain array; element type from the typed array's class. */
export function npy(shape: readonly number[], data: Elements): NpySource {
  const descr = DESCR.find(([type]) => data instanceof type)?.[1] ?? '';
  return { descr, shape, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

export function writeNpz(
  path: string,
  arrays: Readonly<Record<string, NpySource>>,
  { compressed = true } = {},
): void {
  const files = Object.entries(arrays).map(([name, source]) => [`${name}.npy`, npyBytes(source)]);
  writeFileSync(path, zipSync(Object.fromEntries(files), { level: compressed ? 6 : 0 }));
}
