import { expect, it } from 'vitest';
import { printNode } from '../../../shared/onnx/text.ts';
import {
  type AffineOf,
  affineAfter,
  applyAfter,
} from '../../../shared/passes/linear/affine-after.ts';
import { doubleValues } from '../../../shared/rewrite/constants.ts';
import { Refusal, refuse } from '../../../shared/rewrite/refusal.ts';
import { graphOf } from './_linear.ts';

const WEIGHTS =
  'float[2,3] w = {1,2,3,4,5,6}, float[3] b = {1,1,1}, float[2,3] odd = {1,1,1,1,1,1}';
const scale = Float64Array.of(1, 2, 3);
const shift = Float64Array.of(5, 6, 7);

/** What `y = F(linear)` becomes when F scales and shifts so: the nodes, then the constants that they read. */
function folded(linear: string, affine: AffineOf, shape = 'N,2') {
  const { context, node } = graphOf(`a = ${linear} y = Foo (a)`, WEIGHTS, shape);
  const facts = affineAfter(node('a'), context, affine);
  if (facts === null) return null;
  if (facts instanceof Refusal) return facts.reason;
  applyAfter(facts, node('y'), context);
  const nodes = [...context.editor.nodes()];
  const constants = nodes.flatMap(({ inputs }) =>
    inputs.flatMap((name) => context.constant(name) ?? []),
  );
  return [
    nodes.map((each) => printNode(each).trim()).join('; '),
    ...constants.map((tensor) => Array.from(doubleValues(tensor) ?? []).join(' ')),
  ];
}

it('folds a scale and a shift into weights and bias', () => {
  expect(folded('Gemm (x, w, b)', () => ({ scale, shift }))).toEqual([
    'y = Gemm (x, w, b)',
    '1 4 9 4 10 18',
    '6 8 10',
  ]);
});

it('leaves alone what does not change', () => {
  expect(folded('Gemm (x, w)', () => ({ scale }))).toEqual(['y = Gemm (x, w)', '1 4 9 4 10 18']);
  expect(folded('Gemm (x, w, b)', () => ({ shift }))).toEqual([
    'y = Gemm (x, w, b)',
    '1 2 3 4 5 6',
    '6 7 8',
  ]);
});

it('makes a MatMul with a bias a Gemm, of two dimensions only', () => {
  expect(folded('MatMul (x, w)', () => ({ shift }))).toEqual([
    'y = Gemm (x, w, a_bias)',
    '1 2 3 4 5 6',
    '5 6 7',
  ]);
  expect(folded('MatMul (x, w)', () => ({ shift }), 'N,4,2')).toBeNull();
  expect(folded('MatMul (x, w)', () => ({ scale }), 'N,4,2')).toEqual([
    'y = MatMul (x, w)',
    '1 4 9 4 10 18',
  ]);
});

it('says why not', () => {
  expect(folded('Gemm (x, x)', () => ({ scale }))).toBe('its weights are computed');
  expect(folded('Gemm (x, w, odd)', () => ({ scale }))).toBe(
    'its bias is not one number a channel',
  );
  expect(folded('Gemm (x, w)', () => ({ scale: Float64Array.of(1, NaN, 1) }))).toBe(
    'the numbers to be folded are not finite, or far too large',
  );
  expect(folded('Gemm (x, w)', ({ node }) => refuse('no', node))).toBe('no');
  expect(folded('Gemm (x, w)', () => null)).toBeNull();
});
