/** TensorProto and SparseTensorProto. Weights stay ranges of the file. */
import type { ModelError } from '../../base/errors.ts';
import { elementTypeOf } from '../element-type.ts';
import type { SparseTensor } from '../model.ts';
import type { ByteRange, PackedField, StoredTensor, TensorStorage } from '../stored-tensor.ts';
import type { ReadContext } from './read-context.ts';
import { readStringMapEntry } from './read-strings.ts';

/** Source: TensorProto, onnx.proto. */
const PACKED_FIELDS: Readonly<Record<number, PackedField>> = {
  4: 'float_data',
  5: 'int32_data',
  7: 'int64_data',
  10: 'double_data',
  11: 'uint64_data',
};

/** A TensorProto that ends at `end`. @throws ModelError for an unknown type, a segment, or impossible dims. */
export function readTensor(context: ReadContext, end: number): StoredTensor {
  const { scanner } = context;
  const dims: number[] = [];
  let name = '';
  let code = 0;
  let docString: string | undefined;
  let raw: ByteRange | undefined;
  let field: PackedField | undefined;
  let isExternal = false;
  const packed: ByteRange[] = [];
  const strings: Uint8Array[] = [];
  const external = new Map<string, string>();
  const metadata = new Map<string, string>();
  const unknown: Uint8Array[] = [];
  for (const item of scanner.fields(end)) {
    const packedField = PACKED_FIELDS[item.number];
    if (item.number === 1) readDims(context, item.end, item.wireType, dims);
    else if (item.number === 2) code = scanner.int32(item.end);
    else if (item.number === 3)
      throw scanner.error('a tensor is stored in segments, which no tool writes');
    else if (packedField) {
      field = packedField;
      packed.push(scanner.range(item.end));
    } else if (item.number === 6) strings.push(scanner.bytes(item.end));
    else if (item.number === 8) name = scanner.string(item.end);
    else if (item.number === 9) raw = scanner.range(item.end);
    else if (item.number === 12) docString = scanner.string(item.end);
    else if (item.number === 13) readStringMapEntry(scanner, item.end, external);
    else if (item.number === 14) isExternal = scanner.int32(item.end) === 1;
    else if (item.number === 16) readStringMapEntry(scanner, item.end, metadata);
    else unknown.push(scanner.raw(item));
  }
  const type = elementTypeOf(code);
  if (type === undefined) throw scanner.error(`tensor '${name}' has element type ${code}`);
  checkDims(name, dims, (what) => scanner.error(what));
  const storage = (): TensorStorage => {
    if (isExternal) return { kind: 'file', ...context.external(name, external) };
    if (type === 'string') return { kind: 'strings', values: strings };
    if (field && packed.length > 0) return { kind: 'packed', field, ranges: packed };
    return raw ? { kind: 'file', range: raw } : { kind: 'memory', bytes: new Uint8Array() };
  };
  return {
    name,
    type,
    dims,
    storage: storage(),
    ...(docString ? { docString } : {}),
    ...(metadata.size > 0 ? { metadata } : {}),
    ...(unknown.length > 0 ? { unknown } : {}),
  };
}

/** A SparseTensorProto that ends at `end`. */
export function readSparseTensor(context: ReadContext, end: number): SparseTensor {
  const { scanner } = context;
  const dims: number[] = [];
  let values: StoredTensor | undefined;
  let indices: StoredTensor | undefined;
  for (const item of scanner.fields(end)) {
    if (item.number === 1) values = readTensor(context, item.end);
    else if (item.number === 2) indices = readTensor(context, item.end);
    else if (item.number === 3) readDims(context, item.end, item.wireType, dims);
  }
  if (!values || !indices) throw scanner.error('a sparse tensor lacks its values or indices');
  return { values, indices, dims };
}

function readDims({ scanner }: ReadContext, end: number, wireType: number, dims: number[]): void {
  while (scanner.position < end) {
    dims.push(Number(scanner.int64(end)));
    if (wireType !== 2) break;
  }
}

/** A product beyond 2^53 cannot be counted exactly, and no file holds it (CWE-190). */
function checkDims(
  name: string,
  dims: readonly number[],
  error: (what: string) => ModelError,
): void {
  let count = 1;
  for (const dim of dims) {
    count *= dim;
    if (dim < 0 || !Number.isSafeInteger(count))
      throw error(`tensor '${name}' has dims [${dims.join(', ')}]`);
  }
}
