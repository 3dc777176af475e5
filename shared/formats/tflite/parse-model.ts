/** The tables of a TFLite file, by the slot numbers of its schema (schema.fbs of TensorFlow 2.21). */
import { ModelError } from '../../base/errors.ts';
import { memorySource } from '../../onnx/byte-source.ts';
import type { ByteRange, ByteSource } from '../../onnx/stored-tensor.ts';
import { builtinName, CUSTOM } from './builtin-names.ts';
import { FlatBuffer, Table } from './flat-buffer.ts';
import { MAX_AXES } from './limits.ts';
import { Options } from './options.ts';
import {
  type Quantization,
  TENSOR_TYPES,
  type TfliteModel,
  type TfliteOperator,
  type TfliteSignature,
  type TfliteSubgraph,
  type TfliteTensor,
} from './tflite-model.ts';

const MODEL = { codes: 1, subgraphs: 2, description: 3, buffers: 4, metadata: 6, signatures: 7 };
const CODE = { oldBuiltin: 0, custom: 1, builtin: 3 };
const SUBGRAPH = { tensors: 0, inputs: 1, outputs: 2, operators: 3, name: 4 };
const TENSOR = {
  shape: 0,
  type: 1,
  buffer: 2,
  name: 3,
  quantization: 4,
  isVariable: 5,
  sparsity: 6,
  signature: 7,
  externalBuffer: 10,
};
const QUANTIZATION = { scale: 2, zeroPoint: 3, detailsType: 4, axis: 6 };
const OPERATOR = {
  code: 0,
  inputs: 1,
  outputs: 2,
  options: 4,
  customOptions: 5,
  largeOffset: 9,
  largeSize: 10,
};
const BUFFER = { data: 0, offset: 1, size: 2 };
const SIGNATURE = { inputs: 0, outputs: 1, key: 2, subgraph: 4 };
const NAMED_TENSOR = { name: 0, tensor: 1 };
const METADATA = { name: 0, buffer: 1 };

/** Of QuantizationDetails. */
const BLOCKWISE = 2;

interface Code {
  readonly op: string;
  readonly custom: string;
}

/** @throws ModelError for a file that is broken or no TFLite, LimitError for one that holds too much */
export function parseModel(source: ByteSource): TfliteModel {
  const model = new FlatBuffer(source).root('TFL3');
  const codes = model.tables(MODEL.codes).map(parseCode);
  const buffers = model.tables(MODEL.buffers).map((buffer) => parseBuffer(buffer, source));
  const subgraphs = model
    .tables(MODEL.subgraphs)
    .map((table) => parseSubgraph(table, codes, buffers, source));
  return {
    description: model.text(MODEL.description),
    subgraphs,
    signatures: model.tables(MODEL.signatures).map(parseSignature),
    converter: converterVersion(model.tables(MODEL.metadata), buffers),
  };
}

/** Files before builtin 127 hold the number in one byte; later ones in a field of its own as well. */
function parseCode(code: Table): Code {
  const number = Math.max(code.number(CODE.oldBuiltin, 'byte'), code.number(CODE.builtin, 'int'));
  return { op: builtinName(number), custom: code.text(CODE.custom) };
}

/** Its bytes lie in the flatbuffer, or behind it in the file: models of more than 2 GB do that. */
function parseBuffer(buffer: Table, source: ByteSource): ByteRange {
  const inside = buffer.range(BUFFER.data);
  const offset = buffer.number(BUFFER.offset, 'ulong');
  // Offsets 0 and 1 mean that there is none.
  if (inside.length > 0 || offset <= 1) return inside;
  const length = buffer.number(BUFFER.size, 'ulong');
  buffer.buffer.check(offset, length);
  return { source, offset, length };
}

function parseSubgraph(
  table: Table,
  codes: readonly Code[],
  buffers: readonly ByteRange[],
  source: ByteSource,
): TfliteSubgraph {
  const tensors = table
    .tables(SUBGRAPH.tensors)
    .map((tensor, index) => parseTensor(tensor, index, buffers));
  const known = (index: number): number => {
    if (index >= -1 && index < tensors.length) return index;
    throw new ModelError(
      `${source.name} is broken: it names tensor ${index}, and a subgraph has ${tensors.length}`,
    );
  };
  const operators = table
    .tables(SUBGRAPH.operators)
    .map((operator) => parseOperator(operator, codes, known, source));
  return {
    name: table.text(SUBGRAPH.name),
    tensors,
    operators,
    inputs: table.numbers(SUBGRAPH.inputs, 'int').map(known),
    outputs: table.numbers(SUBGRAPH.outputs, 'int').map(known),
  };
}

function parseTensor(table: Table, index: number, buffers: readonly ByteRange[]): TfliteTensor {
  const name = table.text(TENSOR.name) || `tensor ${index}`;
  const type = TENSOR_TYPES[table.number(TENSOR.type, 'byte')];
  if (!type) throw new ModelError(`tensor '${name}' has a type that TFLite does not define`);
  const shape = table.numbers(TENSOR.shape, 'int');
  const signature = table.numbers(TENSOR.signature, 'int');
  if (shape.length > MAX_AXES || signature.length > MAX_AXES)
    throw new ModelError(`tensor '${name}' has more than ${MAX_AXES} axes`);
  if (shape.some((size) => size < 0)) throw new ModelError(`tensor '${name}' has a negative size`);
  if (table.number(TENSOR.externalBuffer, 'uint') > 0)
    throw new ModelError(
      `tensor '${name}' lies in another file, which models of this kind name and nobody can find`,
    );
  const data = buffers[table.number(TENSOR.buffer, 'uint')];
  return {
    name,
    type,
    shape,
    signature,
    data: data && data.length > 0 ? data : undefined,
    quantization: parseQuantization(table.table(TENSOR.quantization), name, shape),
    isVariable: table.number(TENSOR.isVariable, 'bool') !== 0,
    sparsity: table.table(TENSOR.sparsity),
  };
}

function parseQuantization(
  table: Table | undefined,
  name: string,
  shape: readonly number[],
): Quantization | undefined {
  const isBlockwise = table?.number(QUANTIZATION.detailsType, 'ubyte') === BLOCKWISE;
  const scale = table?.numbers(QUANTIZATION.scale, 'float') ?? [];
  if (!table || (scale.length === 0 && !isBlockwise)) return undefined;
  const stated = table.numbers(QUANTIZATION.zeroPoint, 'long');
  const axis = table.number(QUANTIZATION.axis, 'int');
  if (scale.length > 1 && scale.length !== shape[axis])
    throw new ModelError(
      `tensor '${name}' has ${scale.length} scales along axis ${axis} of [${shape.join(', ')}]`,
    );
  if (stated.length > 1 && stated.length !== scale.length)
    throw new ModelError(
      `tensor '${name}' has ${scale.length} scales and ${stated.length} zero points`,
    );
  const zeroPoint = scale.map((_, index) => stated[stated.length > 1 ? index : 0] ?? 0);
  return { scale, zeroPoint, axis, isBlockwise };
}

function parseOperator(
  table: Table,
  codes: readonly Code[],
  known: (index: number) => number,
  source: ByteSource,
): TfliteOperator {
  const code = codes[table.number(OPERATOR.code, 'uint')];
  if (!code) throw new ModelError(`${source.name} is broken: an operator has no kind`);
  const large = table.number(OPERATOR.largeOffset, 'ulong');
  const length = table.number(OPERATOR.largeSize, 'ulong');
  if (large > 1) table.buffer.check(large, length);
  return {
    ...code,
    inputs: table.numbers(OPERATOR.inputs, 'int').map(known),
    outputs: table.numbers(OPERATOR.outputs, 'int').map(known),
    options: new Options(code.op, code.op === CUSTOM ? undefined : table.table(OPERATOR.options)),
    customOptions:
      large > 1 ? { source, offset: large, length } : table.range(OPERATOR.customOptions),
  };
}

function parseSignature(table: Table): TfliteSignature {
  const names = (slot: number): ReadonlyMap<number, string> =>
    new Map(
      table
        .tables(slot)
        .map((entry) => [entry.number(NAMED_TENSOR.tensor, 'uint'), entry.text(NAMED_TENSOR.name)]),
    );
  return {
    key: table.text(SIGNATURE.key),
    subgraph: table.number(SIGNATURE.subgraph, 'uint'),
    inputs: names(SIGNATURE.inputs),
    outputs: names(SIGNATURE.outputs),
  };
}

/** Bytes of a note of the converter: hashes of what it read, a few hundred (CWE-400). */
const MAX_NOTE_BYTES = 1 << 16;

/** The version of TensorFlow that converted the model: newer converters note it in a flatbuffer of its own. */
function converterVersion(metadata: readonly Table[], buffers: readonly ByteRange[]): string {
  const entry = metadata.find((item) => item.text(METADATA.name) === 'CONVERSION_METADATA');
  const range = entry && buffers[entry.number(METADATA.buffer, 'uint')];
  if (!range || range.length < 8 || range.length > MAX_NOTE_BYTES) return '';
  const bytes = range.source.read(range.offset, range.length);
  const note = new FlatBuffer(memorySource(bytes, range.source.name));
  const environment = new Table(note, note.scalar('uint', 0)).table(0);
  const version = environment?.text(0) ?? '';
  return /^\d[\w.+-]{0,40}$/.test(version) ? version : '';
}
