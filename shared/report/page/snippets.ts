/**
 * Programs that run an artifact, with its real input names, types and shapes, to copy and paste.
 *
 * Names come from the model file. They stand in string literals in which everything that could end the
 * literal or hide text is an escape.
 */

import type { ModelIo } from '../schema.ts';
import { visibleText } from '../visible-text.ts';

export interface SnippetInput {
  /** File name of the artifact. */
  readonly file: string;
  readonly inputs: readonly ModelIo[];
  readonly outputs: readonly ModelIo[];
  readonly threads: number;
  /** Of onnxruntime, e.g. `1.30.0`. */
  readonly runtimeVersion: string;
}

/** Typed arrays by element type; float16 travels as its bits, which a Uint16Array holds everywhere. */
const JS_ARRAYS: Readonly<Record<string, string>> = {
  float32: 'Float32Array',
  float64: 'Float64Array',
  float16: 'Uint16Array',
  int8: 'Int8Array',
  uint8: 'Uint8Array',
  int16: 'Int16Array',
  uint16: 'Uint16Array',
  int32: 'Int32Array',
  uint32: 'Uint32Array',
  int64: 'BigInt64Array',
  uint64: 'BigUint64Array',
  bool: 'Uint8Array',
};

const NUMPY_TYPES: Readonly<Record<string, string>> = {
  float32: 'np.float32',
  float64: 'np.float64',
  float16: 'np.float16',
  int8: 'np.int8',
  uint8: 'np.uint8',
  int16: 'np.int16',
  uint16: 'np.uint16',
  int32: 'np.int32',
  uint32: 'np.uint32',
  int64: 'np.int64',
  uint64: 'np.uint64',
  bool: 'np.bool_',
  string: 'object',
};

/** For `onnxruntime-node`; an ES module. */
export function nodeSnippet(input: SnippetInput): string {
  return [
    `// npm install onnxruntime-node${pinned('@', input)}`,
    `import * as ort from 'onnxruntime-node';`,
    '',
    `const session = await ort.InferenceSession.create(${js(input.file)}, { intraOpNumThreads: ${input.threads} });`,
    ...jsRun(input),
  ].join('\n');
}

/** For `onnxruntime-web`, bundled or from a server of one's own; the file lies beside the page. */
export function browserSnippet(input: SnippetInput): string {
  return [
    `// npm install onnxruntime-web${pinned('@', input)}`,
    `import * as ort from 'onnxruntime-web';`,
    '',
    `const session = await ort.InferenceSession.create(${js(input.file)}, { executionProviders: ['wasm'] });`,
    ...jsRun(input),
  ].join('\n');
}

/** For `onnxruntime` from PyPI. */
export function pythonSnippet(input: SnippetInput): string {
  const { inputs, outputs } = input;
  const feeds = inputs.map((io) => {
    const value =
      io.type === 'string'
        ? `np.full(${pyShape(io)}, "", dtype=object)`
        : `np.zeros(${pyShape(io)}, dtype=${NUMPY_TYPES[io.type] ?? 'np.float32'})`;
    return `    ${py(io.name)}: ${value},${comment('  #', io)}`;
  });
  const names = outputs.map((io) => py(io.name)).join(', ');
  return [
    `# pip install onnxruntime${pinned('==', input)} numpy`,
    'import numpy as np',
    'import onnxruntime as ort',
    '',
    'options = ort.SessionOptions()',
    `options.intra_op_num_threads = ${input.threads}`,
    `session = ort.InferenceSession(${py(input.file)}, options, providers=["CPUExecutionProvider"])`,
    'inputs = {',
    ...feeds,
    '}',
    `outputs = session.run(${names === '' ? 'None' : `[${names}]`}, inputs)`,
    'print([output.shape for output in outputs])',
  ].join('\n');
}

/** The shape to feed: as measured, else with 1 for every free dimension. */
export function feedShape(io: ModelIo): readonly number[] {
  return io.measuredShape ?? io.shape.map((dim) => (typeof dim === 'number' && dim > 0 ? dim : 1));
}

function jsRun({ inputs, outputs }: SnippetInput): string[] {
  const feeds = inputs.map((io) => {
    const shape = feedShape(io);
    const size = shape.length === 0 ? '1' : shape.join(' * ');
    const array = JS_ARRAYS[io.type];
    const data =
      io.type === 'string' ? `Array(${size}).fill('')` : `new ${array ?? 'Float32Array'}(${size})`;
    return `  ${js(io.name)}: new ort.Tensor(${js(io.type)}, ${data}, [${shape.join(', ')}]),${comment(' //', io)}`;
  });
  const first = outputs[0];
  return [
    'const outputs = await session.run({',
    ...feeds,
    '});',
    first === undefined
      ? 'console.log(outputs);'
      : `console.log(outputs[${js(first.name)}].dims, outputs[${js(first.name)}].data);`,
  ];
}

function comment(start: string, io: ModelIo): string {
  const parts = [
    io.preparation,
    io.type === 'float16' ? 'the bits of half-precision numbers' : undefined,
  ];
  const said = parts.filter((part) => part !== undefined).map((part) => visibleText(part));
  return said.length === 0 ? '' : `${start} ${said.join('; ')}`;
}

function pyShape(io: ModelIo): string {
  const shape = feedShape(io);
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}

/** Not a plain visible character of a string literal: quotes and backslash are JSON's own escapes. */
const NOT_LITERAL = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]/gu;

function js(text: string): string {
  const literal = JSON.stringify(text).replace(NOT_LITERAL, (char) =>
    Array.from({ length: char.length }, (_, i) => `\\u${hex(char.charCodeAt(i), 4)}`).join(''),
  );
  // A snippet may be pasted into a page's script element.
  return `'${literal.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'").replaceAll('</', '<\\/')}'`;
}

function py(text: string): string {
  return JSON.stringify(text).replace(NOT_LITERAL, (char) => {
    const point = char.codePointAt(0) ?? 0;
    return point > 0xffff ? `\\U${hex(point, 8)}` : `\\u${hex(point, 4)}`;
  });
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

function pinned(separator: string, { runtimeVersion }: SnippetInput): string {
  return /^\d+(\.\d+)*[\w.-]*$/.test(runtimeVersion) ? separator + runtimeVersion : '';
}
