import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Lexer } from '../../../shared/onnx/text/lexer.ts';

it('tells tokens apart', () => {
  const lexer = new Lexer('a_1 "b\\n" x"00" sha256"ab" -1.5e-3 -inf nan infinite => # end');
  const tokens = Array.from({ length: 10 }, () => lexer.next()).map(
    ({ kind, text }) => `${kind} ${text}`,
  );
  expect(tokens).toEqual([
    'word a_1',
    'string b\n',
    'hex 00',
    'digest ab',
    'number -1.5e-3',
    'number -inf',
    'number nan',
    'word infinite',
    'mark =>',
    'end ',
  ]);
});

it('takes lists with and without a last comma', () => {
  for (const text of ['[1, 2]', '[1, 2,]']) {
    const lexer = new Lexer(text);
    expect(lexer.list('[', ']', () => lexer.takeInteger())).toEqual([1, 2]);
  }
  expect(() => new Lexer('[1').list('[', ']', () => 1)).toThrow("']' is wanted");
});

it('reports a character that starts no token, and a broken escape', () => {
  expect(() => new Lexer('a\n  ~')).toThrow("line 2, column 3: a token is wanted, there is '~'");
  expect(() => new Lexer('"\\q"')).toThrow('a string has a broken escape');
});

it('gives any string back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(new Lexer(JSON.stringify(text)).takeString()).toBe(text);
    }),
  );
});
