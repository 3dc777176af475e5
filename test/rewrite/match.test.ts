import { describe, expect, it } from 'vitest';
import { parseModel } from '../../shared/onnx/text.ts';
import { isOneOf, type Match, matchesOf, opName } from '../../shared/rewrite/match.ts';
import { any, constant, type NodePattern, number, op } from '../../shared/rewrite/pattern.ts';
import { graphContextOf } from '../passes/shared/_context.ts';

/** All matches that end in `y`. */
function matches(nodes: string, pattern: NodePattern, initializers = 'float q = {0}'): Match[] {
  const { context, node } = graphContextOf(
    parseModel(
      `<ir_version: 8, opset_import: ["": 17, "com.microsoft": 1]>
       g (float[2] x, float[2] z) => (y) <${initializers}> { ${nodes} }`,
    ),
  );
  return [...matchesOf(pattern, node('y'), context.editor)];
}

describe('matchesOf', () => {
  it('names values, constants and nodes, and lists the nodes root first', () => {
    const pattern = op('Neg', [op('Sub', [any('a'), constant('c')], { as: 'sub' })]);
    const [match] = matches('s = Sub (x, k) y = Neg (s)', pattern, 'float k = {3}');
    expect(match?.value('a')).toBe('x');
    expect(match?.constant('c').name).toBe('k');
    expect(match?.node('sub').outputs).toEqual(['s']);
    expect(match?.nodes.map(({ opType }) => opType)).toEqual(['Neg', 'Sub']);
    expect([...(match?.values ?? [])]).toEqual(['x', 'k']);
    expect(() => match?.value('b')).toThrow("the pattern has no part named 'b'");
  });

  it('tries both orders where the operator is commutative, and only there', () => {
    const first = (name: string) => op(name, [op('Exp', [any('a')]), any('b')]);
    const found = (name: string): string[] =>
      matches(`e = Exp (z) y = ${name} (x, e)`, first(name)).map((match) => match.value('b'));
    expect(found('Add')).toEqual(['x']);
    expect(found('Sub')).toEqual([]);
  });

  it('gives every way to read the same place', () => {
    const pattern = op('Add', [op('Exp', [any('a')]), op('Exp', [any('b')])]);
    const pairs = matches('e = Exp (x) f = Exp (z) y = Add (e, f)', pattern);
    expect(pairs.map((match) => match.value('a') + match.value('b'))).toEqual(['xz', 'zx']);
  });

  it('takes the same name for the same value', () => {
    const square = op('Mul', [any('x'), any('x')]);
    expect(matches('y = Mul (z, z)', square)).not.toEqual([]);
    expect(matches('y = Mul (x, z)', square)).toEqual([]);
    const twice = op('Clip', [any('x'), constant('c'), constant('c')]);
    expect(matches('y = Clip (x, k, k)', twice, 'float k = {3}')).toHaveLength(1);
    expect(matches('y = Clip (x, k, l)', twice, 'float k = {3}, float l = {3}')).toEqual([]);
  });

  it('follows first outputs alone, and no absent input', () => {
    const pattern = op('Neg', [op('TopK', [any('x'), any('k')])]);
    const k = 'int64[1] k = {1}';
    expect(matches('v, i = TopK (x, k) y = Neg (v)', pattern, k)).toHaveLength(1);
    expect(matches('v, i = TopK (x, k) y = Neg (i)', pattern, k)).toEqual([]);
    expect(matches('y = Clip (x, , z)', op('Clip', [any('x'), any('min')]))).toEqual([]);
    expect(matches('y = Neg (x)', op('Neg', [any('x'), any('more')]))).toEqual([]);
  });

  it('takes no input for a constant', () => {
    expect(matches('y = Add (x, z)', op('Add', [any('a'), constant('c')]))).toEqual([]);
  });

  it.each([
    ['float k = {0.70710677}', Math.SQRT1_2, 1],
    ['float k = {0.7071}', Math.SQRT1_2, 0],
    ['float16[1,1] k = {0.7071}', Math.SQRT1_2, 1],
    ['int64 k = {2}', 2, 1],
    ['float k = {0.0000001}', 0, 0],
    ['float[2] k = {2, 2}', 2, 0],
    ['string k = {"2"}', 2, 0],
  ])('%s is %f: %i', (initializers, value, count) => {
    expect(
      matches('y = Pow (x, k)', op('Pow', [any('x'), number(value)]), initializers),
    ).toHaveLength(count);
  });
});

it('tells operators of other domains apart', () => {
  const [match] = matches('y = com.microsoft.Gelu (x)', op('com.microsoft:Gelu', [any('x')]));
  expect(match && opName(match.root)).toBe('com.microsoft:Gelu');
  expect(match && isOneOf(match.root, ['Gelu'])).toBe(false);
  expect(matches('y = com.microsoft.Gelu (x)', op('Gelu', [any('x')]))).toEqual([]);
});
