/** Types and typed values from text; the forms are in print-type.ts. */
import type { ElementType } from '../element-type.ts';
import type { Dim, ValueInfo, ValueType } from '../model.ts';
import type { Lexer } from './lexer.ts';
import { COMPOUND_WORDS, elementOfWord } from './words.ts';

/** Whether a type stands here, not a name: a type word, with something behind it that a name has not. */
export function isType(lexer: Lexer): boolean {
  const word = lexer.peek();
  if (word.kind !== 'word') return false;
  if (COMPOUND_WORDS.includes(word.text)) return lexer.isMark('(', 1);
  if (elementOfWord(word.text) === undefined) return false;
  const after = lexer.peek(1);
  return after.kind === 'word' || after.kind === 'string' || lexer.isMark('[', 1);
}

/** A type. */
export function parseType(lexer: Lexer): ValueType {
  const word = lexer.peek();
  if (!COMPOUND_WORDS.includes(word.text)) return { kind: 'tensor', ...parseTensorType(lexer) };
  lexer.next();
  lexer.takeMark('(');
  const type = parseCompound(lexer, word.text);
  lexer.takeMark(')');
  return type;
}

function parseCompound(lexer: Lexer, word: string): ValueType {
  switch (word) {
    case 'seq':
      return { kind: 'sequence', element: parseType(lexer) };
    case 'optional':
      return { kind: 'optional', element: parseType(lexer) };
    case 'sparse_tensor':
      return { kind: 'sparse-tensor', ...parseTensorType(lexer) };
    case 'map': {
      const key = parseElementType(lexer);
      lexer.takeMark(',');
      return { kind: 'map', key, value: parseType(lexer) };
    }
    default: {
      const token = lexer.next();
      if (token.kind !== 'hex') throw lexer.error('bytes are wanted', token);
      return { kind: 'unknown', encoded: new Uint8Array(Buffer.from(token.text, 'hex')) };
    }
  }
}

/** An element type and a shape; without brackets a scalar, with empty ones of unknown rank. */
export function parseTensorType(lexer: Lexer): {
  readonly elementType: ElementType;
  readonly shape: readonly Dim[] | null;
} {
  const elementType = parseElementType(lexer);
  if (!lexer.isMark('[')) return { elementType, shape: [] };
  const dims = lexer.list('[', ']', (): Dim => {
    if (lexer.skipMark('?')) return null;
    return lexer.peek().kind === 'number' ? lexer.takeInteger() : lexer.takeName();
  });
  return { elementType, shape: dims.length === 0 ? null : dims };
}

function parseElementType(lexer: Lexer): ElementType {
  const token = lexer.next();
  const type = elementOfWord(token.text);
  if (type === undefined) throw lexer.error('an element type is wanted', token);
  return type;
}

/** A name with its type, where there is one. */
export function parseValue(lexer: Lexer): ValueInfo {
  const type = isType(lexer) ? parseType(lexer) : null;
  return { name: lexer.takeName(), type };
}
