/** Attributes from text. */
import { assertNever } from '../../base/brand.ts';
import type { Attribute, Graph } from '../model.ts';
import type { Lexer } from './lexer.ts';
import { parseBytes, parseSparse, parseTensor } from './parse-tensor.ts';
import { isType, parseType } from './parse-type.ts';
import { type AttributeKind, kindOfWord, parseInt64 } from './words.ts';

type ParseGraph = (lexer: Lexer) => Graph;

/** `name = value`, `name: kind = value`, or `name: kind = @attribute of the caller`. */
export function parseAttribute(lexer: Lexer, parseGraph: ParseGraph): [string, Attribute] {
  const name = lexer.takeName();
  let kind: AttributeKind | undefined;
  if (lexer.skipMark(':')) {
    const word = lexer.next();
    kind = kindOfWord(word.text);
    if (kind === undefined) throw lexer.error('a kind of attribute is wanted', word);
  }
  lexer.takeMark('=');
  if (lexer.skipMark('@')) {
    if (kind === undefined) throw lexer.error(`reference '${name}' needs its kind`);
    return [name, { type: 'reference', value: lexer.takeName(), of: kind }];
  }
  return [name, parseValueOf(lexer, kind ?? guessKind(lexer), parseGraph)];
}

/** The kind that the value shows, as onnx `docs/Syntax.md` has it. */
function guessKind(lexer: Lexer): AttributeKind {
  const ahead = lexer.isMark('[') ? 1 : 0;
  const token = lexer.peek(ahead);
  if (token.kind === 'number') {
    if (ahead === 0) return isInteger(token.text) ? 'int' : 'float';
    return allIntegers(lexer) ? 'ints' : 'floats';
  }
  if (ahead === 1) {
    if (token.kind === 'string' || token.kind === 'hex') return 'strings';
    throw lexer.error('a list needs its kind');
  }
  if (isType(lexer) || lexer.isMark('{', 1)) return 'tensor';
  if (lexer.isMark('(', 1)) return 'graph';
  if (token.kind === 'string' || token.kind === 'hex') return 'string';
  throw lexer.error('a value is wanted');
}

function parseValueOf(lexer: Lexer, kind: AttributeKind, parseGraph: ParseGraph): Attribute {
  const int = () => parseInt64(lexer.takeNumber());
  const float = () => floatOf(lexer.takeNumber());
  const list = <T>(item: () => T): T[] => lexer.list('[', ']', item);
  switch (kind) {
    case 'int':
      return { type: kind, value: int() };
    case 'float':
      return { type: kind, value: float() };
    case 'string':
      return { type: kind, value: parseBytes(lexer) };
    case 'tensor':
      return { type: kind, value: parseTensor(lexer) };
    case 'graph':
      return { type: kind, value: parseGraph(lexer) };
    case 'sparse-tensor':
      return { type: kind, value: parseSparse(lexer) };
    case 'type':
      return { type: kind, value: parseType(lexer) };
    case 'ints':
      return { type: kind, value: list(int) };
    case 'floats':
      return { type: kind, value: list(float) };
    case 'strings':
      return { type: kind, value: list(() => parseBytes(lexer)) };
    case 'tensors':
      return { type: kind, value: list(() => parseTensor(lexer)) };
    case 'graphs':
      return { type: kind, value: list(() => parseGraph(lexer)) };
    case 'sparse-tensors':
      return { type: kind, value: list(() => parseSparse(lexer)) };
    case 'types':
      return { type: kind, value: list(() => parseType(lexer)) };
    default:
      return assertNever(kind);
  }
}

function allIntegers(lexer: Lexer): boolean {
  for (let ahead = 1; !lexer.isMark(']', ahead); ahead++) {
    const token = lexer.peek(ahead);
    if (token.kind === 'end') return true;
    if (token.kind === 'number' && !isInteger(token.text)) return false;
  }
  return true;
}

function isInteger(text: string): boolean {
  return /^-?\d+$/.test(text);
}

/** Attributes are float32 in the file. */
function floatOf(text: string): number {
  if (text.endsWith('inf'))
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return text === 'nan' ? Number.NaN : Math.fround(Number(text));
}
