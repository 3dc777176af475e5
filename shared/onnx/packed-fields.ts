/**
 * TensorProto's typed fields (`float_data`, `int32_data` …) as raw_data bytes.
 *
 * Fixed-width fields already are little-endian elements; varint fields are decoded. What an
 * `int32_data` entry holds depends on the type: one element, one float16's bits, or one byte of
 * packed 4-bit or 2-bit elements. Source: comments of TensorProto in onnx.proto.
 */
import { ModelError } from '../base/errors.ts';
import { ELEMENT_TYPES, rawByteLength } from './element-type.ts';
import type { ByteRange, PackedField, StoredTensor } from './stored-tensor.ts';

/** The raw form of a tensor in a typed field, which one or more ranges of the file hold in order. */
export function unpackTypedField(
  tensor: StoredTensor,
  field: PackedField,
  ranges: readonly ByteRange[],
): Uint8Array {
  const encoded = concatenate(ranges);
  if (field === 'float_data' || field === 'double_data') return encoded;
  const count = tensor.dims.reduce((product, dim) => product * dim, 1);
  const sixBits = ELEMENT_TYPES[tensor.type].bits === 6;
  // The six-bit types have one element an entry, which raw_data packs four in three bytes.
  const length = sixBits ? count : rawByteLength(tensor.type, count);
  // A varint has at least one byte, so a file cannot make us allocate more than 8 × its own size here.
  const width = Math.max(1, Math.min(8, length / Math.max(1, count)));
  if (encoded.length * 8 < length)
    throw new ModelError(`tensor '${tensor.name}' has fewer elements than its dims say`);
  const raw = new Uint8Array(length);
  const view = new DataView(raw.buffer);
  let position = 0;
  let written = 0;
  while (position < encoded.length) {
    let low = 0;
    let high = 0;
    let shift = 0;
    for (;;) {
      const byte = encoded[position++];
      if (byte === undefined || shift > 63)
        throw new ModelError(`tensor '${tensor.name}' has a broken varint in ${field}`);
      const payload = byte & 127;
      if (shift < 28) low |= payload << shift;
      else if (shift === 28) {
        low |= payload << 28;
        high |= payload >>> 4;
      } else high |= payload << (shift - 32);
      if (byte < 128) break;
      shift += 7;
    }
    if (written + width > length)
      throw new ModelError(`tensor '${tensor.name}' has more elements than its dims say`);
    if (width === 8) {
      view.setInt32(written, low, true);
      view.setInt32(written + 4, high, true);
    } else if (width === 4) view.setInt32(written, low, true);
    else if (width === 2) view.setInt16(written, low, true);
    else view.setInt8(written, low);
    written += width;
  }
  if (written !== length)
    throw new ModelError(`tensor '${tensor.name}' has fewer elements than its dims say`);
  return sixBits ? packSixBits(raw) : raw;
}

/** One bit stream, low bits first. Source: comment on raw_data, onnx.proto IR 14. */
function packSixBits(codes: Uint8Array): Uint8Array {
  const packed = new Uint8Array(Math.ceil((codes.length * 6) / 8));
  codes.forEach((code, index) => {
    const bit = index * 6;
    const spread = (code & 63) << (bit % 8);
    const at = Math.floor(bit / 8);
    packed[at] = (packed[at] ?? 0) | spread;
    if (spread > 255) packed[at + 1] = spread >> 8;
  });
  return packed;
}

function concatenate(ranges: readonly ByteRange[]): Uint8Array {
  const [first, ...rest] = ranges.map(({ source, offset, length }) => source.read(offset, length));
  if (first === undefined) return new Uint8Array();
  return rest.length === 0 ? first : Buffer.concat([first, ...rest]);
}
