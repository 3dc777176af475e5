import { expect, it } from 'vitest';
import { parseModel, printNode } from '../../../shared/onnx/text.ts';
import { renameNode } from '../../../shared/passes/shared/rename.ts';

const NAMES = new Map([
  ['x', 'outer'],
  ['y', 'result'],
  ['gone', ''],
]);

/** The last node with its values renamed; fresh names end in a prime. */
function renamed(nodes: string): string {
  const { graph } = parseModel(
    `<ir_version: 8, opset_import: ["": 17]> g (float x, bool c) => (y) { ${nodes} }`,
  );
  const node = graph.nodes.at(-1);
  if (!node) throw new Error('no node');
  return printNode(renameNode(node, NAMES, (name) => `${name}_1`)).replaceAll(/\s+/g, ' ');
}

it('renames inputs and outputs, and leaves others and the absent', () => {
  expect(renamed('y = Clip (x, , k)')).toBe('y = Clip (outer, "", k)'.replace('y', 'result'));
});

it('drops inputs at the end that stand for nothing', () => {
  expect(renamed('y = Clip (x, k, gone)')).toBe('result = Clip (outer, k)');
  expect(renamed('y = Clip (x, gone, k)')).toBe('result = Clip (outer, "", k)');
});

it('renames what bodies read from outside, and gives what they define fresh names', () => {
  expect(
    renamed(`y = If (c) <
      then_branch = t () => (r) <float w = {2}> { a = Mul (x, w) r = Neg (a) },
      else_branch = e () => (x) { x = Identity (y) } >`),
  ).toBe(
    'result = If (c) < then_branch = t () => (r_1) < float w_1 = {2.0} > { a_1 = Mul (outer, w_1) r_1 = Neg (a_1) }, ' +
      'else_branch = e () => (x_1) { x_1 = Identity (result) } >',
  );
});

it('renames inputs of bodies, declared types, and what is nested further down', () => {
  expect(
    renamed(`y = Loop (n, c, x) < body = l (int64 i, bool k, float x) => (k, r) <float t> {
      t = Neg (x)
      r = If (k) < then_branch = t () => (p) { p = Abs (t) }, else_branch = e () => (q) { q = Abs (i) } > } >`),
  ).toBe(
    'result = Loop (n, c, outer) < body = l (int64 i_1, bool k_1, float x_1) => (k_1, r_1) < float t_1 > { t_1 = Neg (x_1) ' +
      'r_1 = If (k_1) < then_branch = t () => (p_1) { p_1 = Abs (t_1) }, else_branch = e () => (q_1) { q_1 = Abs (i_1) } > } >',
  );
});
