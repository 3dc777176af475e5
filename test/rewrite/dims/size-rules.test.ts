import { describe, expect, it } from 'vitest';
import { parseModel } from '../../../shared/onnx/text.ts';
import { graphContextOf } from '../../passes/shared/_context.ts';

/** What `y` holds: `[x.0 3]` for a vector, `4` for a scalar, `?` for an element that is not known; `undefined` when nothing is. */
function holds(nodes: string, type = 'int64[?] y'): string | undefined {
  const { context } = graphContextOf(
    parseModel(
      `<ir_version: 8, opset_import: ["": 17]>
       g (float[N,3,W] x, float[2,3] c, int64[2] u) => (r)
       <${type}, int64[3] s, int64 zero = {0}, int64 two = {2}, int64[1] one = {1}, int64[1] minus = {-1},
        int64[1] none = {0}, int64[2] pair = {0,5}, int64[1] all = {9223372036854775807}, float half = {0.5}>
       { s = Shape (x) ${nodes} r = Neg (y) }`,
    ),
  );
  const sizes = context.dims.sizes('y');
  const elements = sizes?.elements.map((size) =>
    typeof size === 'object' ? `${size.value}.${size.axis}` : `${size ?? '?'}`,
  );
  return sizes?.rank === 0 ? elements?.join() : elements && `[${elements.join(' ')}]`;
}

describe('what shapes become', () => {
  it.each([
    ['y = Shape (x)', '[x.0 3 x.2]'],
    ['y = Shape <start = -2, end = 2> (x)', '[3]'],
    ['y = Size (c)', '6'],
    ['y = Gather (s, zero)', 'x.0'],
    ['y = Gather (s, minus)', '[x.2]'],
    ['y = Slice (s, one, all)', '[3 x.2]'],
    ['y = Slice (s, none, minus)', '[x.0 3]'],
    ['y = Concat <axis = 0> (s, one)', '[x.0 3 x.2 1]'],
    ['a = Gather (s, two) y = Unsqueeze (a, none)', '[x.2]'],
    ['a = Slice (s, one, minus) y = Squeeze (a)', '3'],
    ['a = Gather (s, two) y = Reshape (a, minus)', '[x.2]'],
    ['y = Cast <to = 6> (s)', '[x.0 3 x.2]'],
    ['y = Cast <to = 9> (pair)', '[0 1]'],
    ['y = Identity (s)', '[x.0 3 x.2]'],
    ['y = ConstantOfShape <value = int64[1] {7}> (one)', '[7]'],
  ])('%s', (nodes, expected) => {
    expect(holds(nodes)).toBe(expected);
  });

  it.each([
    ['Size (x)'],
    ['Neg (s)'],
    ['Cast <to = 1> (s)'],
    ['Concat <axis = 0> (s, u)'],
    ['Slice (s, none, all, none, minus)'],
    ['ConstantOfShape (one)'],
    ['ConstantOfShape <value = int64[1] {7}> (all)'],
    ['Mul (s, half)'],
    ['Add (s, pair)'],
  ])('knows nothing of %s', (node) => {
    expect(holds(`y = ${node}`)).toBeUndefined();
  });
});

describe('arithmetic', () => {
  it.each([
    ['Add (s, zero)', '[x.0 3 x.2]'],
    ['Add (s, two)', '[? 5 ?]'],
    ['Sub (s, one)', '[? 2 ?]'],
    ['Sub (zero, s)', '[? -3 ?]'],
    ['Mul (one, s)', '[x.0 3 x.2]'],
    ['Mul (all, two)', '[?]'],
    ['Div (s, one)', '[x.0 3 x.2]'],
    ['Div (s, two)', '[? 1 ?]'],
    ['Div (s, zero)', '[? ? ?]'],
    ['Max (s, s)', '[x.0 3 x.2]'],
    ['Min (s, two)', '[? 2 ?]'],
    ['Equal (s, s)', '[1 1 1]'],
    ['Equal (s, two)', '[? 0 ?]'],
    ['Greater (pair, two)', '[0 1]'],
    ['LessOrEqual (pair, zero)', '[1 0]'],
  ])('%s', (node, expected) => {
    expect(holds(`y = ${node}`)).toBe(expected);
  });

  it('divides towards zero, as integers are', () => {
    expect(holds('y = Div (minus, two)')).toBe('[0]');
  });

  it('chooses by conditions that are known', () => {
    expect(holds('a = Equal (s, minus) y = Where (a, one, s)')).toBe('[? 3 ?]');
    expect(holds('a = Equal (pair, zero) y = Where (a, minus, pair)')).toBe('[-1 5]');
    expect(holds('a = Equal (s, two) y = Where (a, s, s)')).toBe('[x.0 3 x.2]');
    expect(holds('a = Equal (pair, zero) b = Not (a) y = Where (b, minus, pair)')).toBe('[0 -1]');
  });
});
