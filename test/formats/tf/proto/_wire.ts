/** Protobuf messages by hand, and readers over them. */
import { Budget } from '../../../../shared/formats/tf/proto/budget.ts';
import { type RawGraph, readGraph } from '../../../../shared/formats/tf/proto/graph.ts';
import { TfReader } from '../../../../shared/formats/tf/proto/tf-reader.ts';
import { memorySource } from '../../../../shared/onnx/byte-source.ts';
import { field, join, varint } from '../../../onnx/_hostile.ts';

export { field as message, join };

type Bytes = Uint8Array | readonly number[];

/** A varint field; negative numbers take ten bytes. */
export function number(key: number, value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return join(varint(key * 8), [...bytes, Number(rest)]);
}

export const text = (key: number, value: string): Uint8Array =>
  field(key, new TextEncoder().encode(value));

export function float(key: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return join(varint(key * 8 + 5), bytes);
}

/** The content of a list of floats. */
export const floats = (...values: number[]): Uint8Array =>
  new Uint8Array(Float32Array.from(values).buffer);

export const readerOf = (...content: Bytes[]): TfReader =>
  new TfReader(memorySource(join(...content), 'test.pb'), new Budget('test.pb'));

/** An entry of `map<string, message>`. */
export const entry = (key: number, name: string, ...value: Bytes[]): Uint8Array =>
  field(key, text(1, name), field(2, ...value));

/** TensorShapeProto. */
export const shape = (...dims: number[]): Uint8Array =>
  join(...dims.map((dim) => field(2, number(1, dim))));

/** NodeDef: `name = Op(input, ^control)`, with encoded attributes. */
export function node(line: string, ...attributes: Uint8Array[]): Uint8Array {
  const [, name = '', op = '', inputs = ''] = /^(\S+) = (\w+)\((.*)\)$/.exec(line) ?? [];
  const names = inputs === '' ? [] : inputs.split(', ');
  return join(text(1, name), text(2, op), ...names.map((input) => text(3, input)), ...attributes);
}

/** Attributes of nodes. */
export const attribute = {
  int: (name: string, value: number) => entry(5, name, number(3, value)),
  bool: (name: string, value: boolean) => entry(5, name, number(5, value ? 1 : 0)),
  text: (name: string, value: string) => entry(5, name, text(2, value)),
  type: (name: string, code: number) => entry(5, name, number(6, code)),
  shape: (name: string, ...dims: number[]) => entry(5, name, field(7, shape(...dims))),
  tensor: (name: string, ...content: Bytes[]) => entry(5, name, field(8, ...content)),
  function: (name: string, target: string) => entry(5, name, field(10, text(1, target))),
};

/** TensorProto of float32. */
export const floatTensor = (dims: readonly number[], ...values: number[]): Uint8Array =>
  join(number(1, 1), field(2, shape(...dims)), field(5, floats(...values)));

/** TensorProto of text. */
export const textTensor = (...values: string[]): Uint8Array =>
  join(number(1, 7), field(2, shape(values.length)), ...values.map((value) => text(8, value)));

export interface FunctionText {
  readonly parameters: readonly string[];
  /** `output = node:result:0`. */
  readonly results: Readonly<Record<string, string>>;
  readonly nodes: readonly Uint8Array[];
}

/** FunctionDef. */
export const functionDef = (
  name: string,
  { parameters, results, nodes }: FunctionText,
): Uint8Array =>
  join(
    field(
      1,
      text(1, name),
      ...parameters.map((parameter) => field(2, text(1, parameter), number(3, 1))),
      ...Object.keys(results).map((result) => field(3, text(1, result))),
    ),
    ...nodes.map((content) => field(3, content)),
    ...Object.entries(results).map(([result, from]) => field(4, text(1, result), text(2, from))),
  );

/** GraphDef. */
export const graphDef = (
  nodes: readonly Uint8Array[],
  functions: Readonly<Record<string, FunctionText>> = {},
): Uint8Array =>
  join(
    ...nodes.map((content) => field(1, content)),
    field(2, ...Object.entries(functions).map(([name, own]) => field(1, functionDef(name, own)))),
    field(4, number(1, 1987)),
  );

export const rawGraph = (
  nodes: readonly Uint8Array[],
  functions: Readonly<Record<string, FunctionText>> = {},
): RawGraph => readGraph(readerOf(graphDef(nodes, functions)));
