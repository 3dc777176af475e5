/** Tensors with contents from text; the forms are in tensor-literal.ts. */
import { ModelError } from '../../base/errors.ts';
import { rawByteLength } from '../element-type.ts';
import { rawTensor } from '../make-tensor.ts';
import type { Dim, SparseTensor, ValueType } from '../model.ts';
import type { StoredTensor } from '../stored-tensor.ts';
import type { Lexer } from './lexer.ts';
import { parseTensorType } from './parse-type.ts';
import { rawFromTexts } from './tensor-literal.ts';

/** A text may not make us allocate what it does not hold: a model for a test is small (CWE-789). */
const MAX_ELEMENTS = 1 << 20;

/** `float[2] name {1.0, 2.0}`; the name may be missing. */
export function parseTensor(lexer: Lexer): StoredTensor {
  const type = parseTensorType(lexer);
  const token = lexer.peek();
  const name = token.kind === 'word' || token.kind === 'string' ? lexer.takeName() : '';
  return parseContents(lexer, name, { kind: 'tensor', ...type });
}

/** What stands behind the type: values or bytes in braces. @throws ModelError for a digest. */
export function parseContents(lexer: Lexer, name: string, type: ValueType): StoredTensor {
  const start = lexer.peek();
  if (start.kind === 'digest')
    throw lexer.error(`tensor '${name}' was too large to be printed: only its digest is here`);
  if (type.kind !== 'tensor') throw lexer.error(`'${name}' has contents and is no tensor`);
  const dims = fixedDims(lexer, type.shape);
  const { elementType } = type;
  if (elementType === 'string') {
    const values = lexer.list('{', '}', () => parseBytes(lexer));
    if (values.length !== product(dims))
      throw lexer.error(`tensor '${name}' has ${values.length} strings`, start);
    return { name, type: elementType, dims, storage: { kind: 'strings', values } };
  }
  if (lexer.peek(1).kind === 'hex') {
    const [bytes = new Uint8Array()] = lexer.list('{', '}', () => parseBytes(lexer));
    if (bytes.length !== rawByteLength(elementType, product(dims)))
      throw lexer.error(`tensor '${name}' has ${bytes.length} bytes`, start);
    return rawTensor(name, elementType, dims, bytes);
  }
  const texts = lexer.list('{', '}', () => lexer.takeNumber());
  try {
    return rawTensor(name, elementType, dims, rawFromTexts(elementType, product(dims), texts));
  } catch (error) {
    if (error instanceof ModelError || error instanceof SyntaxError)
      throw lexer.error(`tensor '${name}': ${error.message}`, start);
    throw error;
  }
}

/** `{dims: […], values: …, indices: …}`. */
export function parseSparse(lexer: Lexer): SparseTensor {
  let dims: readonly number[] = [];
  let values: StoredTensor | undefined;
  let indices: StoredTensor | undefined;
  lexer.list('{', '}', () => {
    const key = lexer.takeName();
    lexer.takeMark(':');
    if (key === 'dims') dims = lexer.list('[', ']', () => lexer.takeInteger());
    else if (key === 'values') values = parseTensor(lexer);
    else if (key === 'indices') indices = parseTensor(lexer);
    else throw lexer.error(`a sparse tensor has no '${key}'`);
  });
  if (!values || !indices) throw lexer.error('a sparse tensor needs values and indices');
  return { dims, values, indices };
}

/** A string as UTF-8, or `x"…"`. */
export function parseBytes(lexer: Lexer): Uint8Array {
  if (lexer.peek().kind === 'hex') return new Uint8Array(Buffer.from(lexer.next().text, 'hex'));
  return new TextEncoder().encode(lexer.takeString());
}

function fixedDims(lexer: Lexer, shape: readonly Dim[] | null): readonly number[] {
  const dims = (shape ?? []).filter((dim) => typeof dim === 'number');
  if (!shape || dims.length !== shape.length || dims.some((dim) => dim < 0))
    throw lexer.error('a tensor with contents needs fixed dims');
  if (product(dims) > MAX_ELEMENTS) throw lexer.error(`more than ${MAX_ELEMENTS} elements`);
  return dims;
}

function product(dims: readonly number[]): number {
  return dims.reduce((total, dim) => total * dim, 1);
}
