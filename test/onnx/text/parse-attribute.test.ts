import { expect, it } from 'vitest';
import { Lexer } from '../../../shared/onnx/text/lexer.ts';
import { parseAttribute } from '../../../shared/onnx/text/parse-attribute.ts';
import { graph } from '../_build.ts';

const parse = (text: string) => parseAttribute(new Lexer(text), () => graph([], [], []))[1];

it('knows the kind by the value', () => {
  expect(parse('a = 3')).toEqual({ type: 'int', value: 3 });
  expect(parse('a = -9223372036854775808')).toEqual({ type: 'int', value: -(2n ** 63n) });
  expect(parse('a = 3.0')).toEqual({ type: 'float', value: 3 });
  expect(parse('a = 0.1')).toEqual({ type: 'float', value: Math.fround(0.1) });
  expect(parse('a = [1, 2]')).toEqual({ type: 'ints', value: [1, 2] });
  expect(parse('a = [1, 2.5]')).toEqual({ type: 'floats', value: [1, 2.5] });
  expect(parse('a = -inf')).toEqual({ type: 'float', value: Number.NEGATIVE_INFINITY });
  expect(parse('a = "s"').type).toBe('string');
  expect(parse('a = ["s"]').type).toBe('strings');
  expect(parse('a = float[1] {1.0}').type).toBe('tensor');
  expect(parse('a = g (').type).toBe('graph');
});

it('asks for the kind where it must', () => {
  expect(() => parse('a = []')).toThrow('a list needs its kind');
  expect(() => parse('a = @b')).toThrow("reference 'a' needs its kind");
  expect(() => parse('a: number = 1')).toThrow('a kind of attribute is wanted');
  expect(() => parse('a = 9223372036854775808')).toThrow('is no int64');
});
