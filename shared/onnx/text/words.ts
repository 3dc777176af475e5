/** Names, numbers and type names as the text form spells them, both ways. */
import { ModelError } from '../../base/errors.ts';
import { ELEMENT_TYPES, type ElementType } from '../element-type.ts';
import type { AttributeValue, Int64 } from '../model.ts';

/** Attribute kinds as onnx `docs/Syntax.md` names them. */
export const KIND_WORDS = {
  float: 'float',
  int: 'int',
  string: 'string',
  tensor: 'tensor',
  graph: 'graph',
  'sparse-tensor': 'sparse_tensor',
  type: 'type_proto',
  floats: 'floats',
  ints: 'ints',
  strings: 'strings',
  tensors: 'tensors',
  graphs: 'graphs',
  'sparse-tensors': 'sparse_tensors',
  types: 'type_protos',
} as const satisfies Record<Exclude<AttributeValue['type'], 'reference'>, string>;

export type AttributeKind = keyof typeof KIND_WORDS;

const KINDS = new Map(
  Object.entries(KIND_WORDS).map(([kind, word]) => [word, kind as AttributeKind]),
);

/** The attribute kind that a word names, if any. */
export const kindOfWord = (word: string): AttributeKind | undefined =>
  KINDS.get(word as (typeof KIND_WORDS)[AttributeKind]);

/** `float` and `double` are the syntax's words; the others are the IR's. */
export function elementWord(type: ElementType): string {
  return type === 'float32' ? 'float' : type === 'float64' ? 'double' : type;
}

/** The element type that a word names, if any. */
export function elementOfWord(word: string): ElementType | undefined {
  if (word === 'float') return 'float32';
  if (word === 'double') return 'float64';
  return word in ELEMENT_TYPES && word !== 'float32' && word !== 'float64'
    ? (word as ElementType)
    : undefined;
}

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Words that begin a type which has an argument in parentheses. */
export const COMPOUND_WORDS = ['seq', 'optional', 'map', 'sparse_tensor', 'unknown'];

/** A name bare when it can be, else quoted; an absent value is `""`. */
export function nameText(name: string): string {
  const isReserved =
    elementOfWord(name) || COMPOUND_WORDS.includes(name) || name === 'inf' || name === 'nan';
  return PLAIN_NAME.test(name) && !isReserved ? name : JSON.stringify(name);
}

/** An operator with its domain and overload: `com.microsoft.FusedConv`, `my."odd op":2`. */
export function operatorText(domain: string, opType: string, overload = ''): string {
  const parts = domain.split('.').every((part) => nameText(part) === part)
    ? domain
    : JSON.stringify(domain);
  const prefix = domain === '' ? '' : `${parts}.`;
  return `${prefix}${nameText(opType)}${overload === '' ? '' : `:${nameText(overload)}`}`;
}

/** Bytes as a string where they are UTF-8, else in hex. */
export function bytesText(bytes: Uint8Array): string {
  try {
    return JSON.stringify(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return hexText(bytes);
  }
}

/** `x"00ff"`. */
export function hexText(bytes: Uint8Array): string {
  return `x"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}"`;
}

/** The shortest text that is this float32 (or, asked for, float64) again; never looks like an integer. */
export function floatText(value: number, width: 32 | 64 = 32): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const wanted = width === 32 ? Math.fround(value) : value;
  let text = Object.is(wanted, -0) ? '-0' : String(wanted);
  if (width === 32) {
    for (let digits = 1; digits <= 9; digits++) {
      const shorter = String(Number(wanted.toPrecision(digits)));
      if (Math.fround(Number(shorter)) !== wanted || wanted === 0) continue;
      text = shorter;
      break;
    }
  }
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** An int64 from its text: a number while that is exact. */
export function parseInt64(text: string): Int64 {
  const exact = BigInt(text);
  if (exact > 2n ** 63n - 1n || exact < -(2n ** 63n)) throw new ModelError(`${text} is no int64`);
  const number = Number(exact);
  return Number.isSafeInteger(number) ? number : exact;
}
