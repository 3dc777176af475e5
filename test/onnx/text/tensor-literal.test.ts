import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rawTensor } from '../../../shared/onnx/make-tensor.ts';
import { Lexer } from '../../../shared/onnx/text/lexer.ts';
import { parseContents } from '../../../shared/onnx/text/parse-tensor.ts';
import { contentsText, rawFromTexts } from '../../../shared/onnx/text/tensor-literal.ts';
import { arbitraryTensor } from './_arbitrary.ts';

describe('contents', () => {
  it('keep every bit of every type', () => {
    fc.assert(
      fc.property(arbitraryTensor, (tensor) => {
        const text = contentsText(tensor, 1000);
        const type = { kind: 'tensor', elementType: tensor.type, shape: tensor.dims } as const;
        expect(parseContents(new Lexer(text), tensor.name, type)).toEqual(tensor);
      }),
      { numRuns: 500, seed: 5 },
    );
  });

  it('are numbers where those say it all, hex where not', () => {
    const float = (bits: number) =>
      contentsText(rawTensor('', 'float32', [1], new Uint8Array(Uint32Array.of(bits).buffer)), 9);
    expect([0x3f800000, 0x3dcccccd, 0x80000000, 0x7f800000, 0x7fc00000].map(float)).toEqual([
      '{1.0}',
      '{0.1}',
      '{-0.0}',
      '{inf}',
      '{nan}',
    ]);
    expect(float(0x7fc00001)).toBe('{x"0100c07f"}');
    // The padding of an odd number of int4 is not part of any element.
    expect(contentsText(rawTensor('', 'int4', [1], Uint8Array.of(0x0f)), 9)).toBe('{-1}');
    expect(contentsText(rawTensor('', 'int4', [1], Uint8Array.of(0xff)), 9)).toBe('{x"ff"}');
  });

  it('need as many elements as the dims say', () => {
    expect(() => rawFromTexts('int8', 2, ['1'])).toThrow('1 elements are given, the dims say 2');
  });
});
