/** Tokens of the text form, with positions for messages. */
import { ModelError } from '../../base/errors.ts';

export interface Token {
  readonly kind: 'word' | 'string' | 'hex' | 'digest' | 'number' | 'mark' | 'end';
  /** As written; for strings the decoded text, for hex and digests what is in the quotes. */
  readonly text: string;
  readonly offset: number;
}

const PATTERN =
  /[\s]+|#[^\n]*|(?<hex>x|sha256)?"(?<string>(?:[^"\\\n]|\\.)*)"|(?<number>-?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|inf\b|nan\b))|(?<word>[A-Za-z_]\w*)|(?<mark>=>|[<>()[\]{},:=@.?])/y;

/** A walk over the tokens. Every `take…` moves on; `is…` only looks. */
export class Lexer {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  /** @throws ModelError at a character that starts no token. */
  constructor(text: string) {
    this.#text = text;
    this.#tokens = this.#tokenize();
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] ?? END;
  }

  next(): Token {
    const token = this.peek();
    this.#at++;
    return token;
  }

  isMark(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'mark' && token.text === text;
  }

  /** Moves over the mark if it is there. */
  skipMark(text: string): boolean {
    const isThere = this.isMark(text);
    if (isThere) this.#at++;
    return isThere;
  }

  takeMark(text: string): void {
    if (!this.skipMark(text)) throw this.error(`'${text}' is wanted`);
  }

  /** A word, or a quoted name. */
  takeName(): string {
    const token = this.next();
    if (token.kind === 'word' || token.kind === 'string') return token.text;
    throw this.error('a name is wanted', token);
  }

  takeString(): string {
    const token = this.next();
    if (token.kind === 'string') return token.text;
    throw this.error('a string is wanted', token);
  }

  takeNumber(): string {
    const token = this.next();
    if (token.kind === 'number') return token.text;
    throw this.error('a number is wanted', token);
  }

  takeInteger(): number {
    const token = this.next();
    const value = Number(token.text);
    if (token.kind === 'number' && Number.isSafeInteger(value)) return value;
    throw this.error('an integer is wanted', token);
  }

  /** `open item, item … close`; a comma before `close` is allowed. */
  list<T>(open: string, close: string, item: () => T): T[] {
    this.takeMark(open);
    const items: T[] = [];
    while (!this.isMark(close)) {
      items.push(item());
      if (!this.skipMark(',')) break;
    }
    this.takeMark(close);
    return items;
  }

  error(message: string, token: Token = this.peek()): ModelError {
    const before = this.#text.slice(0, token.offset).split('\n');
    const place = `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
    const found = token.kind === 'end' ? 'the text ends' : `there is '${token.text.slice(0, 40)}'`;
    return new ModelError(`model text, ${place}: ${message}, ${found}`);
  }

  #tokenize(): Token[] {
    const tokens: Token[] = [];
    PATTERN.lastIndex = 0;
    for (let offset = 0; offset < this.#text.length; offset = PATTERN.lastIndex) {
      const groups = PATTERN.exec(this.#text)?.groups;
      if (!groups) {
        const token: Token = { kind: 'mark', text: this.#text.charAt(offset), offset };
        throw this.error('a token is wanted', token);
      }
      const { string, hex, number, word, mark } = groups;
      if (string !== undefined && hex)
        tokens.push({ kind: hex === 'x' ? 'hex' : 'digest', text: string, offset });
      else if (string !== undefined)
        tokens.push({ kind: 'string', text: this.#unquote(string, offset), offset });
      else if (number !== undefined) tokens.push({ kind: 'number', text: number, offset });
      else if (word !== undefined) tokens.push({ kind: 'word', text: word, offset });
      else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark, offset });
    }
    tokens.push({ kind: 'end', text: '', offset: this.#text.length });
    return tokens;
  }

  #unquote(quoted: string, offset: number): string {
    try {
      return JSON.parse(`"${quoted}"`);
    } catch {
      throw this.error('a string has a broken escape', { kind: 'string', text: quoted, offset });
    }
  }
}

const END: Token = { kind: 'end', text: '', offset: 0 };
