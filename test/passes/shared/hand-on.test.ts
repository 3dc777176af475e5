import { expect, it } from 'vitest';
import { parseModel, printNode } from '../../../shared/onnx/text.ts';
import { handOn, takeOut } from '../../../shared/passes/shared/hand-on.ts';
import { matchesOf } from '../../../shared/rewrite/match.ts';
import { any, op } from '../../../shared/rewrite/pattern.ts';
import { graphContextOf } from './_context.ts';

/** The nodes once the Identity that gives `i` is gone, or why it stays. */
function without(nodes: string, outputs: string) {
  const { context, node } = graphContextOf(
    parseModel(
      `<ir_version: 8, opset_import: ["": 17]> g (float x) => (${outputs}) <float w = {1}> { ${nodes} }`,
    ),
  );
  const [match] = [...matchesOf(op('Identity', [any('x')]), node('i'), context.editor)];
  if (!match) throw new Error('no match');
  const from = handOn(match, context);
  if (typeof from !== 'string') return from.reason;
  takeOut(match, from, context);
  return [...context.editor.nodes()].map((each) => printNode(each).trim()).join('; ');
}

it('lets readers read what the node read', () => {
  expect(without('i = Identity (x) y = Add (i, i)', 'y')).toBe('y = Add (x, x)');
  expect(without('i = Identity (w) y = Neg (i)', 'y')).toBe('y = Neg (w)');
});

it('gives a graph output its name by the node in front', () => {
  expect(without('a = Neg (x) i = Identity (a) y = Abs (a) z = Exp (i)', 'i, y, z')).toBe(
    'i = Neg (x); y = Abs (i); z = Exp (i)',
  );
});

it.each([
  [
    'i = Identity (x)',
    'i',
    'it gives a graph output the value of an input, a constant or an outer value',
  ],
  [
    'i = Identity (w)',
    'i',
    'it gives a graph output the value of an input, a constant or an outer value',
  ],
  ['a = Neg (x) i = Identity (a)', 'a, i', 'it gives two graph outputs the same value'],
])('keeps what a graph output needs: %s', (nodes, outputs, reason) => {
  expect(without(nodes, outputs)).toBe(reason);
});
