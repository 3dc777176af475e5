import { describe, expect, it } from 'vitest';
import { ModelError } from '../../shared/base/errors.ts';
import { acceptModel } from '../../shared/onnx/accept-model.ts';
import { openModel } from '../../shared/onnx/read-model.ts';
import { parseModel } from '../../shared/onnx/text.ts';
import { encodeModel } from '../../shared/onnx/write-model.ts';
import { DEV_MODELS } from './_dev-models.ts';
import { loadForOracle } from './_onnxruntime.ts';

const HEAD = '<ir_version: 8, opset_import: ["": 17]>\n';
const NEXT_TO_MS = '<ir_version: 8, opset_import: ["": 17, "com.microsoft": 0]>\n';
const IF = (then: string) =>
  `${HEAD}g (float[1,2] x, bool c) => (float[1,2] y) {
    y = If (c) <then_branch = t () => (float[1,2] r) { ${then} },
                else_branch = e () => (float[1,2] s) { s = Abs (x) }>
    late = Abs (x)
  }`;
const G = 'g (float[1,2] x) => (float[1,2] y)';

/** What onnxruntime takes although it breaks a rule: nobody's model is refused for that. */
const HARMLESS: Readonly<Record<string, readonly [string, RegExp | undefined]>> = {
  'a wrong order': [`${HEAD}${G} { y = Relu (a)\n a = Abs (x) }`, /^a node stands before/],
  'a value that a body reads and a later node gives': [IF('r = Relu (late)'), /^a node stands/],
  'a domain of onnxruntime that is not imported': [
    `${HEAD}${G} { y = com.microsoft.Gelu (x) }`,
    /harmless: node 0 \(Gelu\): its domain 'com\.microsoft' is not imported/,
  ],
  'a version that does not exist, of a domain that is not used': [
    `${NEXT_TO_MS}${G} { y = Relu (x) }`,
    /version 0 does not exist/,
  ],
  'another shape said of an output': [
    `${HEAD}g (float[1,2] x) => (float[1,3] y) <float[1,2] y> { y = Relu (x) }`,
    /declared as float32\[1, 3\] and as float32\[1, 2\]/,
  ],
  'another type said of an output beside its own': [
    `${HEAD}${G} <double[1,2] y> { y = Relu (x) }`,
    /value 'y'.*float32.*float64/,
  ],
  'another type said of an input beside its own': [
    `${HEAD}${G} <double[1,2] x> { y = Relu (x) }`,
    /value 'x'/,
  ],
  'a body value that has the name of an outer one of another type': [
    `${HEAD}g (float[1,2] x, bool c) => (bool[1,2] r) {
      y = If (c) <then_branch = t () => (float[1,2] r2) { r = Relu (x)\n r2 = Neg (r) },
                  else_branch = e () => (float[1,2] s) { s = Abs (x) }>
      r = IsNaN (y)
    }`,
    undefined,
  ],
  'a broken function that nothing calls': [
    `<ir_version: 8, opset_import: ["": 17, "f": 1]>\n${G} { y = Relu (x) }
     <opset_import: ["": 17], domain: "f"> twice (a) => (b) { b = Add (c, a) }`,
    undefined,
  ],
  'an attribute of an op that onnxruntime is lenient with': [
    `${HEAD}${G} <float[2] k = {1.0, 2.0}> { y = LayerNormalization <mine = 1> (x, k) }`,
    /LayerNormalization \(since 17\) has no attribute 'mine'/,
  ],
  'an attribute for a tool’s own use': [`${HEAD}${G} { y = Relu <__mine = 1> (x) }`, undefined],
};

describe('what onnxruntime loads is accepted, and said', () => {
  it.each(Object.entries(HARMLESS))('%s', async (_, [text, note]) => {
    const given = parseModel(text);
    await (await loadForOracle(encodeModel(given))).release();
    const { model, notes } = acceptModel(given);
    expect(notes).toEqual(note ? [expect.stringMatching(note)] : []);
    await (await loadForOracle(encodeModel(model))).release();
  });
});

/** What onnxruntime refuses. */
const WRONG: Readonly<Record<string, readonly [string, RegExp]>> = {
  'a cycle': [`${HEAD}${G} { a = Add (x, b)\n b = Relu (a)\n y = Abs (b) }`, /waits in a circle/],
  'a cycle that no output needs': [
    `${HEAD}${G} { y = Abs (x)\n a = Add (x, b)\n b = Relu (a) }`,
    /waits in a circle/,
  ],
  'a value that nothing defines': [
    `${HEAD}${G} { [sum] y = Add (x, nowhere) }`,
    /^the model breaks.*node 'sum' \(Add\): it reads 'nowhere', which nothing defines$/,
  ],
  'an output that nothing defines': [
    `${HEAD}g (float[1,2] x) => (float[1,2] y, float[1,2] z) { y = Relu (x) }`,
    /output 'z': nothing defines it/,
  ],
  'a value that is defined twice': [
    `${HEAD}${G} { y = Relu (x)\n y = Abs (x) }`,
    /defined already/,
  ],
  'an attribute of a later opset': [
    `<ir_version: 8, opset_import: ["": 11]>\n${G} { y = Cast <to = 1, saturate = 1> (x) }`,
    /Cast \(since 9\) has no attribute 'saturate'/,
  ],
  'an attribute of another type': [
    `${HEAD}${G} { y = LeakyRelu <alpha = 1> (x) }`,
    /'alpha' is of type int, float is needed/,
  ],
  'an attribute that is missing': [`${HEAD}${G} { y = Cast (x) }`, /lacks the attribute 'to'/],
  'an operator of a later opset': [
    `<ir_version: 8, opset_import: ["": 13]>\n${G} { y = Gelu (x) }`,
    /Gelu exists since opset 20, and opset 13 is imported/,
  ],
  'an operator that is gone': [
    `<ir_version: 8, opset_import: ["": 13]>\n${G} <float[2] s = {1.0, 1.0}> { y = Upsample (x, s) }`,
    /Upsample is gone since opset 10/,
  ],
  'too many inputs': [`${HEAD}${G} { y = Relu (x, x) }`, /it has 2 inputs, Relu has 1/],
  'two types where one is needed': [
    `${HEAD}g (float[1,2] x, double[1,2] w) => (float[1,2] y) { y = Add (x, w) }`,
    /they must be of one type/,
  ],
  'a weight of another shape than its input': [
    `${HEAD}g (float[1,2] x, float[1,3] w) => (float[1,2] y) <float[1,2] w = {1.0, 2.0}> { y = Add (x, w) }`,
    /input 'w': it is declared as/,
  ],
  'no opset at all': [`<ir_version: 8>\n${G} { y = Relu (x) }`, /'ai\.onnx' is not imported/],
};

describe('what onnxruntime refuses is refused with the place', () => {
  it.each(Object.entries(WRONG))('%s', async (_, [text, message]) => {
    const given = parseModel(text);
    await expect(loadForOracle(encodeModel(given))).rejects.toThrow();
    expect(() => acceptModel(given)).toThrow(ModelError);
    expect(() => acceptModel(given)).toThrow(message);
  });
});

it.each(Object.entries(DEV_MODELS))('%s: nothing is odd about it', (_, path) => {
  using opened = openModel(path);
  expect(acceptModel(opened.model)).toEqual({ model: opened.model, notes: [] });
});

it('custom ops are the runtime’s business', () => {
  const own = '<ir_version: 8, opset_import: ["": 17, "my.own": 1]>\n';
  expect(acceptModel(parseModel(`${own}${G} { y = my.own.Baz (x) }`)).notes).toEqual([]);
  expect(acceptModel(parseModel(`${HEAD}${G} { y = Frobnicate (x) }`)).notes).toEqual([
    expect.stringContaining('ai.onnx has no operator Frobnicate'),
  ]);
});

it('names three harmless problems, then counts, and calls the model by its name', () => {
  const lines = Array.from({ length: 6 }, (_, i) => `v${i} = com.microsoft.Gelu (x)`);
  const { notes } = acceptModel(parseModel(`${HEAD}${G} { ${lines.join('\n')}\n y = Relu (x) }`));
  expect(notes).toHaveLength(4);
  expect(notes.at(-1)).toBe('3 more of that kind');
  expect(() => acceptModel(parseModel(`${HEAD}${G} { }`), 'm.onnx')).toThrow(/^m\.onnx breaks/);
});

it('a model without outputs computes nothing', () => {
  const empty = parseModel(
    '<ir_version: 8, opset_import: ["": 17]> g (float[1] x) => () { y = Relu (x) }',
  );
  expect(() => acceptModel(empty, 'm.onnx')).toThrow(/m\.onnx has no outputs/);
});
