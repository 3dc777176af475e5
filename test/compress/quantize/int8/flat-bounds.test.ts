import { describe, expect, it } from 'vitest';
import { flatBounds } from '../../../../shared/compress/quantize/int8/flat-bounds.ts';
import { scopesOf } from '../../../../shared/compress/quantize/int8/scopes.ts';
import type { GraphEditor } from '../../../../shared/onnx/graph-editor.ts';
import { outputsOf } from '../../../passes/_agree.ts';
import { modelOf } from './_plan.ts';
import { tensorOf } from './_samples.ts';

const model = (outputs: string, body: string) =>
  modelOf(`g (float[8] x) => (${outputs
    .split(' ')
    .map((name) => `float[8] ${name}`)
    .join(', ')})
  <float zero = {0}, float six = {6}, float three = {3}, float one = {1}, float minus = {-1}, float[2] two = {1,2}, float sixth = {0.16666667}>
  { v = Neg (x) ${body} }`);

/** Bounds of `v`. */
const boundsIn = (outputs: string, body: string) =>
  flatBounds((scopesOf(model(outputs, body))[0] as { graph: GraphEditor }).graph, 'v');

/** Readers, and the bounds beyond which they give the same. */
const BOUNDED: readonly [string, string, string, number, number][] = [
  ['Relu', 'y', 'y = Relu (v)', 0, Infinity],
  ['Clip', 'y', 'y = Clip (v, minus, six)', -1, 6],
  ['hard sigmoid', 'y', 'y = HardSigmoid <alpha = 0.25, beta = 0.5> (v)', -2, 2],
  ['hard sigmoid by default', 'y', 'y = HardSigmoid (v)', -2.5, 2.5],
  ['hard swish', 'y', 'y = HardSwish (v)', -3, Infinity],
  [
    'a hard swish of parts',
    'y',
    'a = Add (v, three) c = Clip (a, zero, six) m = Mul (v, c) y = Mul (m, sixth)',
    -3,
    Infinity,
  ],
  [
    'a hard swish whose gate is divided first',
    'y',
    'a = Add (three, v) c = Clip (a, zero, six) d = Div (c, six) y = Mul (d, v)',
    -3,
    Infinity,
  ],
  ['a gate by HardSigmoid', 'y', 'h = HardSigmoid <alpha = 0.25> (v) y = Mul (v, h)', -2, Infinity],
  ['two readers: the wider of both', 'y z', 'y = Relu (v) z = Clip (v, minus, six)', -1, Infinity],
  ['a shifted Clip alone', 'y', 'a = Add (v, one) y = Clip (a, zero, six)', -1, 5],
];

describe('flatBounds', () => {
  it.each(BOUNDED)('%s', (_, outputs, body, min, max) => {
    const bounds = boundsIn(outputs, body);
    expect(bounds.min).toBeCloseTo(min, 6);
    expect(bounds.max).toBeCloseTo(max, 6);
  });

  it.each(BOUNDED)(
    '%s: what lies beyond makes no difference',
    async (_, outputs, body, min, max) => {
      // HardSwish of opset 14 is in every onnxruntime since 1.10.
      const beyond = [0.5, 1, 7, 1e3].flatMap((step) => [
        Math.max(min, -1e4) - (min === -Infinity ? 0 : step),
        Math.min(max, 1e4) + (max === Infinity ? 0 : step),
      ]);
      const clamped = beyond.map((value) => Math.min(max, Math.max(min, value)));
      const feed = (values: readonly number[]) => ({
        x: tensorOf(
          [8],
          values.map((value) => -value),
        ),
      });
      const [far, near] = await outputsOf(model(outputs, body), [feed(beyond), feed(clamped)]);
      for (const [name, values] of Object.entries(far ?? {}))
        for (const [index, value] of Array.from(values).entries())
          expect(value).toBeCloseTo(near?.[name]?.[index] ?? Number.NaN, 3);
    },
  );

  it.each([
    ['a graph output', 'v y', 'y = Relu (v)'],
    ['no reader', 'y', 'y = Relu (x)'],
    ['one that tells all values apart', 'y z', 'y = Relu (v) z = Exp (v)'],
    ['a bound of a Clip', 'y', 's = ReduceMin <keepdims = 0> (v) y = Clip (x, v, six)'],
    ['a computed gate', 'y', 'e = Exp (x) y = Mul (v, e)'],
    ['a square', 'y', 'y = Mul (v, v)'],
    [
      'a gate that is −1 below its bound',
      'y',
      'a = Add (v, three) c = Clip (a, minus, six) y = Mul (v, c)',
    ],
    ['a shift of many values', 'y', 'e = Exp (x) a = Add (v, e) y = Clip (a, zero, six)'],
    ['a falling hard sigmoid', 'y', 'y = HardSigmoid <alpha = -0.2> (v)'],
  ])('none for %s', (_, outputs, body) => {
    expect(boundsIn(outputs, body)).toEqual({ min: -Infinity, max: Infinity });
  });

  it('none for what a body reads', () => {
    const inBody = modelOf(`g (bool flag, float[2] x) => (float[2] y, float[2] z) {
      v = Neg (x)
      z = Relu (v)
      y = If (flag) <
        then_branch = t () => (float[2] one) { one = Exp (v) },
        else_branch = e () => (float[2] two) { two = Abs (x) }
      >
    }`);
    const { graph } = scopesOf(inBody)[0] as { graph: GraphEditor };
    expect(flatBounds(graph, 'v')).toEqual({ min: -Infinity, max: Infinity });
  });

  it('none for a reader of another domain', () => {
    const custom = modelOf('g (float[2] x) => (float[2] y) { v = Neg (x) y = my.own.Relu (v) }');
    const { graph } = scopesOf(custom)[0] as { graph: GraphEditor };
    expect(flatBounds(graph, 'v')).toEqual({ min: -Infinity, max: Infinity });
  });
});
