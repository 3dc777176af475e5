import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Lexer } from '../../../shared/onnx/text/lexer.ts';
import { parseType, parseValue } from '../../../shared/onnx/text/parse-type.ts';

it('knows a name from a type', () => {
  const parse = (text: string) => parseValue(new Lexer(text));
  expect(parse('float')).toEqual(expect.objectContaining({ name: 'float', type: null }));
  expect(parse('float x').type).toEqual({ kind: 'tensor', elementType: 'float32', shape: [] });
  expect(parse('int4[] x').type).toEqual({ kind: 'tensor', elementType: 'int4', shape: null });
});

it('refuses what is no type', () => {
  for (const text of ['seq(', 'seq(nothing)', 'float[1', 'map(int64 float)', 'unknown(1)'])
    expect(() => parseType(new Lexer(text)), text).toThrow(/line 1, column/);
});

it('never hangs on noise', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('seq', '(', ')', 'float', '[', ']', ',', '3', 'N', '?')),
      (words) => {
        try {
          parseType(new Lexer(words.join(' ')));
        } catch (error) {
          expect(String(error)).toContain('model text, line 1');
        }
      },
    ),
  );
});
