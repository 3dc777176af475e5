import { afterAll, expect, test } from 'vitest';
import { closeSharedProcess } from '../../../../shared/runtime/shared-process.ts';
import { ELEMENTWISE } from '../../../../shared/train/autodiff/rules/elementwise.ts';
import { type GradientCase, gradientError, testGradients } from '../_check-gradient.ts';

afterAll(closeSharedProcess);

const unary = (call: string, rest: Partial<GradientCase> = {}): GradientCase => ({
  graph: `g (float[3,4] x) => (float[3,4] y) { y = ${call} }`,
  ...rest,
});
const binary = (
  op: string,
  a: string,
  b: string,
  rest: Partial<GradientCase> = {},
): GradientCase => ({
  graph: `g (float[${a}] a, float[${b}] b) => (float[2,3,4] y) { y = ${op} (a, b) }`,
  ...rest,
});

/** Where steps of 0.02 along a normal direction cross no kink. */
const POSITIVE = { range: [0.5, 2] } as const;
const NEGATIVE = { range: [-2, -0.5] } as const;

const CASES: Readonly<Record<string, GradientCase>> = {
  'Add of one shape': binary('Add', '2,3,4', '2,3,4'),
  'Add, broadcast on both sides': binary('Add', '2,1,4', '3,1'),
  'Sub, a row': binary('Sub', '2,3,4', '4'),
  'Mul, broadcast on both sides': binary('Mul', '2,1,4', '1,3,1'),
  'Div by a column': binary('Div', '2,3,4', '3,1', POSITIVE),
  'Pow of positive numbers': binary('Pow', '2,3,4', '4', POSITIVE),
  'Max, apart': binary('Max', '2,3,4', '3,4', { ranges: { a: [-2, -1], b: [0, 1] } }),
  'Max, mixed': {
    graph:
      'g (float[8] a) => (float[8] y) { b = Constant <value = float[8] {3,-3,3,-3,3,-3,3,-3}> () y = Max (a, b) }',
  },
  'Min, apart': binary('Min', '2,3,4', '1', { ranges: { a: [-2, -1], b: [0, 1] } }),
  Sum: {
    graph: 'g (float[2,3] a, float[3] b, float[2,1] c) => (float[2,3] y) { y = Sum (a, b, c) }',
  },
  Mean: {
    graph: 'g (float[2,3] a, float[3] b, float[2,1] c) => (float[2,3] y) { y = Mean (a, b, c) }',
  },
  Where: {
    graph: 'g (bool[3,1] c, float[3,2] a, float[2] b) => (float[3,2] y) { y = Where (c, a, b) }',
    fixed: { c: { type: 'bool', dims: [3, 1], data: Uint8Array.of(1, 0, 1) } },
  },
  Identity: unary('Identity (x)'),
  Neg: unary('Neg (x)'),
  'Abs above': unary('Abs (x)', POSITIVE),
  'Abs below': unary('Abs (x)', NEGATIVE),
  Sqrt: unary('Sqrt (x)', POSITIVE),
  Reciprocal: unary('Reciprocal (x)', POSITIVE),
  Exp: unary('Exp (x)'),
  Log: unary('Log (x)', POSITIVE),
  Erf: unary('Erf (x)'),
  Sin: unary('Sin (x)'),
  Cos: unary('Cos (x)'),
  Tan: unary('Tan (x)'),
  Asin: unary('Asin (x)', { range: [-0.8, 0.8] }),
  Acos: unary('Acos (x)', { range: [-0.8, 0.8] }),
  Atan: unary('Atan (x)'),
  Sinh: unary('Sinh (x)'),
  Cosh: unary('Cosh (x)'),
  Asinh: unary('Asinh (x)'),
  Acosh: unary('Acosh (x)', { range: [1.5, 3] }),
  Atanh: unary('Atanh (x)', { range: [-0.8, 0.8] }),
  'Mod with fmod': {
    graph: 'g (float[2,3,4] a, float[4] b) => (float[2,3,4] y) { y = Mod <fmod = 1> (a, b) }',
    ranges: { a: [2.3, 2.7], b: [0.95, 1.05] },
    step: 0.005,
  },
  Sign: unary('Sign (x)', POSITIVE),
  'Max of three, apart': {
    graph: `g (float[2,3] a, float[3] b, float[2,1] c) => (float[2,3] y) { y = Max (a, b, c) }`,
    ranges: { a: [-2, -1], b: [0, 1], c: [2, 3] },
  },
  'Min of three, the last twice': {
    graph: 'g (float[4] a, float[4] b) => (float[4] y) { y = Min (a, b, b) }',
    ranges: { a: [0.5, 1], b: [-1, -0.5] },
  },
  'Pow by integers': {
    graph: 'g (float[2,3] x) => (float[2,3] y) <int64[3] e = {1, 2, 3}> { y = Pow (x, e) }',
    range: [-2, -0.5],
  },
  'Clip inside and beyond': {
    graph: `g (float[4] a, float[4] b) => (float[4] y) { lo = Constant <value = float {-2.0}> () hi = Constant <value = float {2.0}> ()
      ca = Clip (a, lo, hi) cb = Clip (b, lo, hi) y = Add (ca, cb) }`,
    ranges: { b: [2.5, 4] },
  },
  'Min of more than two, twice': {
    graph: 'g (float[4] x) => (float[4] y) { a = Mul (x, x) b = Mul (a, x) y = Add (b, a) }',
  },
};

testGradients(CASES);

test('rounding is passed straight through', async () => {
  // Its own derivative is zero nearly everywhere.
  for (const op of ['Round', 'Floor', 'Ceil'])
    expect(await gradientError(unary(`${op} (x)`, { range: [0.1, 0.4] }))).toBeGreaterThan(0.9);
});

test('each op has a case', () => {
  const tried = Object.values(CASES).map(({ graph }) => graph);
  const without = Object.keys(ELEMENTWISE).filter(
    (op) =>
      !tried.some(
        (graph) => graph.includes(`${op.replace(':', '.')} (`) || graph.includes(`${op} <`),
      ),
  );
  expect(without).toEqual(['Round', 'Floor', 'Ceil']);
});
