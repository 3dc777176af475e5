import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../shared/onnx/read-model.ts';
import { parseModel, printModel } from '../../shared/onnx/text.ts';
import { verifyModel } from '../../shared/onnx/verify.ts';
import { arbitraryModel } from './text/_arbitrary.ts';

const TEXT = `<
  ir_version: 8,
  opset_import: ["": 17, "com.microsoft": 1]
>
g (float[N,3] x, bool c) => (float[N,2] y)
<
  float[3,2] w = {1.0, 0.0, 0.0, 1.0, 0.5, -0.1},
  float[N,2] t
>
{
  t = MatMul (x, w)
  [act] u = com.microsoft.FusedConv <activation = "Relu", pads = [1, 1]> (t, w, "", t)
  y = If (c) <
    then_branch = yes () => (r)
    <
      float16 half = {0.5}
    >
    {
      r = LeakyRelu <alpha = 0.1> (u)
    },
    else_branch = no () => (r) {
      r = Neg (u)
    }
  >
}
`;

describe('text form', () => {
  it('reads what it prints, and prints what it read', () => {
    expect(printModel(parseModel(TEXT))).toBe(TEXT);
    expect(verifyModel(parseModel(TEXT))).toEqual([]);
  });

  it('reads the shorter forms of the field', () => {
    const short = `<ir_version: 8, opset_import: ["ai.onnx": 17]> # a comment
      g (float[N,3] x) => (y) { t = Clip(x, , x) y = ai.onnx.Softmax (t) <axis = -1> }`;
    expect(printModel(parseModel(short))).toBe(`<
  ir_version: 8,
  opset_import: ["": 17]
>
g (float[N,3] x) => (y) {
  t = Clip (x, "", x)
  y = Softmax <axis = -1> (t)
}
`);
  });

  it('round-trips models of every kind', () => {
    fc.assert(
      fc.property(arbitraryModel, (model) => {
        expect(parseModel(printModel(model))).toEqual(model);
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it('prints a large tensor as a digest, and does not read it back', () => {
    using opened = openModel(
      new URL('../fixtures/tensorflow/digits_cnn/model.onnx', import.meta.url).pathname,
    );
    const text = printModel(opened.model);
    expect(text).toMatch(/float\[16,1,3,3\] const_fold_opt__70 = sha256"[0-9a-f]{16}"/);
    expect(() => parseModel(text)).toThrow(/line \d+, column \d+: tensor '.*' was too large/);
    const whole = printModel(opened.model, { maxElements: 1e6 });
    expect(printModel(parseModel(whole), { maxElements: 1e6 })).toBe(whole);
  });
});
