import { describe, expect, it } from 'vitest';
import { Lexer } from '../../../shared/onnx/text/lexer.ts';
import { parseSparse, parseTensor } from '../../../shared/onnx/text/parse-tensor.ts';

const parse = (text: string) => parseTensor(new Lexer(text));

describe('parseTensor', () => {
  it('reads numbers, bytes and strings', () => {
    expect(parse('int4[3] q {-8, 7, 1}')).toEqual({
      name: 'q',
      type: 'int4',
      dims: [3],
      storage: { kind: 'memory', bytes: Uint8Array.of(0x78, 0x01) },
    });
    expect(parse('float {1.5}').dims).toEqual([]);
    expect(parse('float8e5m2[2] {x"00ff"}').storage).toEqual({
      kind: 'memory',
      bytes: Uint8Array.of(0, 255),
    });
    expect(parse('string[1] {x"ff"}').storage).toEqual({
      kind: 'strings',
      values: [Uint8Array.of(255)],
    });
  });

  it('refuses contents that do not fit', () => {
    const refusals = {
      'float[2] {1.0}': '1 elements are given, the dims say 2',
      'float[N] {1.0}': 'fixed dims',
      'float[] {1.0}': 'fixed dims',
      'float[2] {x"00"}': 'has 1 bytes',
      'string[2] {"a"}': 'has 1 strings',
      'float8e5m2[1] {1.0}': 'written in hex',
      'int64[1] {1.5}': 'Cannot convert',
      'float[9999999] {1.0}': 'more than 1048576 elements',
      'float[64] w sha256"00"': "tensor 'w' was too large to be printed",
    };
    for (const [text, reason] of Object.entries(refusals))
      expect(() => parse(text), text).toThrow(reason);
  });
});

it('reads sparse tensors', () => {
  const text = '{dims: [4], values: float[1] v {1.0}, indices: int64[1] {2}}';
  expect(parseSparse(new Lexer(text))).toMatchObject({ dims: [4], values: { name: 'v' } });
  expect(() => parseSparse(new Lexer('{dims: [4]}'))).toThrow('needs values and indices');
});
