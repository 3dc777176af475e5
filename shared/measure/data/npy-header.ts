/**
 * The header of a `.npy` file: element type, shape and order of what follows.
 *
 * Source: NumPy's `numpy.lib.format`, versions 1.0, 2.0 and 3.0.
 */
import { InputError } from '../../base/errors.ts';
import type { TensorType } from '../../base/tensor.ts';

/** NumPy itself refuses longer headers; only structured types, which are refused, need more (CWE-789). */
const HEADER_MAX_BYTES = 10_000;
/** NumPy 2 allows 64 axes. */
const MAX_RANK = 64;
/** Byte counts stay exact in a double up to here; no disk holds more (CWE-190). */
const MAX_ARRAY_BYTES = Number.MAX_SAFE_INTEGER;

/** Bytes that always suffice to read a header: magic, version, length, text. */
export const NPY_PREFIX_BYTES = 12 + HEADER_MAX_BYTES;

export interface NpyHeader {
  readonly type: TensorType;
  /** Bytes of one element; for strings the fixed width. */
  readonly itemSize: number;
  /** `U`: UTF-32 code units, `S`: bytes; only for strings. */
  readonly text?: 'U' | 'S';
  readonly bigEndian: boolean;
  readonly fortranOrder: boolean;
  readonly dims: readonly number[];
  /** Where the elements start. */
  readonly dataOffset: number;
  readonly dataBytes: number;
}

const NUMERIC: Readonly<Record<string, TensorType>> = {
  b1: 'bool',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
};

/** Reads the header at the start of `prefix`. `name` is for messages. @throws InputError */
export function parseNpyHeader(prefix: Uint8Array, name: string): NpyHeader {
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
  if (prefix.length < 10 || view.getUint32(0) !== 0x934e554d || view.getUint16(4) !== 0x5059) {
    throw damaged(name, 'it does not start as a .npy file');
  }
  const version = prefix[6] ?? 0;
  if (version < 1 || version > 3) {
    throw new InputError(`${name}: .npy version ${version} is not known`, {
      hint: 'Write it again with numpy.save.',
    });
  }
  const lengthBytes = version === 1 ? 2 : 4;
  if (prefix.length < 8 + lengthBytes) throw damaged(name, 'its header is cut off');
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const textStart = 8 + lengthBytes;
  if (length > HEADER_MAX_BYTES) throw damaged(name, `its header claims ${length} bytes`);
  if (textStart + length > prefix.length) throw damaged(name, 'its header is cut off');
  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(
    prefix.subarray(textStart, textStart + length),
  );

  const element = parseElement(fieldOf(text, 'descr', name), name);
  const order = fieldOf(text, 'fortran_order', name);
  if (order !== 'True' && order !== 'False') throw damaged(name, `fortran_order is ${order}`);
  const dims = parseShape(fieldOf(text, 'shape', name), name);
  const dataBytes = dims.reduce((product, dim) => product * dim, element.itemSize);
  if (dataBytes > MAX_ARRAY_BYTES) throw damaged(name, `its shape claims ${dataBytes} bytes`);
  return {
    ...element,
    fortranOrder: order === 'True',
    dims,
    dataOffset: textStart + length,
    dataBytes,
  };
}

type Element = Pick<NpyHeader, 'type' | 'itemSize' | 'text' | 'bigEndian'>;

function parseElement(field: string, name: string): Element {
  const quoted = /^['"]([<>=|]?)([a-zA-Z])(\d*)['"]$/.exec(field);
  if (quoted === null) {
    throw new InputError(`${name}: the array has a structured type ${field.slice(0, 60)}`, {
      hint: 'Save one plain numeric array per input.',
    });
  }
  const [, order = '', kind = '', size = ''] = quoted;
  const bigEndian = order === '>';
  if (kind === 'U' || kind === 'S') {
    const itemSize = Number(size) * (kind === 'U' ? 4 : 1);
    return { type: 'string', itemSize, text: kind, bigEndian };
  }
  if (kind === 'O') {
    throw new InputError(`${name}: the array holds pickled Python objects, which are not run`, {
      hint: 'Save numbers (or fixed-width strings), or give labels in a JSON file.',
    });
  }
  const type = kind === '?' ? 'bool' : NUMERIC[`${kind}${size}`];
  if (type === undefined) {
    throw new InputError(`${name}: arrays of NumPy type '${kind}${size}' cannot be fed`, {
      hint: 'Convert it with .astype to float32 or an integer type.',
    });
  }
  return { type, itemSize: Number(size), bigEndian: bigEndian && size !== '1' };
}

/** The text of one member of the header, which is a Python dict of three literals. */
function fieldOf(text: string, key: string, name: string): string {
  const start = new RegExp(`['"]${key}['"]\\s*:\\s*`).exec(text);
  if (start === null) throw damaged(name, `its header lacks ${key}`);
  const rest = text.slice(start.index + start[0].length);
  const value = /^(\([^()]*\)|\[[^\]]*\]|'[^']*'|"[^"]*"|\w+)/.exec(rest);
  if (value?.[0] === undefined) throw damaged(name, `its header has no value for ${key}`);
  return value[0];
}

function parseShape(field: string, name: string): readonly number[] {
  if (!/^\(\s*(\d+L?\s*(,\s*\d+L?\s*)*,?\s*)?\)$/.test(field)) {
    throw damaged(name, `its shape is ${field.slice(0, 60)}`);
  }
  const dims = (field.match(/\d+/g) ?? []).map(Number);
  if (dims.length > MAX_RANK) throw damaged(name, `its rank is ${dims.length}`);
  if (dims.some((dim) => !Number.isSafeInteger(dim))) throw damaged(name, 'its shape overflows');
  return dims;
}

function damaged(name: string, why: string): InputError {
  return new InputError(`${name} is damaged: ${why}`, {
    where: name,
    hint: 'Write it again with numpy.save or numpy.savez.',
  });
}
