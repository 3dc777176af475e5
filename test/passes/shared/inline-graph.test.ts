import { expect, it } from 'vitest';
import { subgraphsOf } from '../../../shared/onnx/graph-walk.ts';
import { parseModel, printNode } from '../../../shared/onnx/text.ts';
import { inlineGraph } from '../../../shared/passes/shared/inline-graph.ts';
import { graphContextOf } from './_context.ts';

/** The nodes once the branch replaces the If, and the initializers. */
function inlined(branch: string, given = 'y, z', inputs?: ReadonlyMap<string, string>) {
  const { context, node } = graphContextOf(
    parseModel(
      `<ir_version: 8, opset_import: ["": 17]> g (float x, bool c) => (y, last) <float w = {1}> {
        a = Neg (x) ${given} = If (c) <then_branch = ${branch}, else_branch = e () => () { }> last = Abs (y) }`,
    ),
  );
  const root = node('y');
  const [body] = subgraphsOf(root).map(({ graph }) => graph);
  if (!body) throw new Error('no body');
  const outputs = body.outputs.map(({ name }) => name);
  inlineGraph(context.editor, root, { ...body, outputs }, inputs);
  const nodes = [...context.editor.nodes()].map((each) => printNode(each).trim());
  return { nodes: nodes.slice(1, -1), initializers: [...context.editor.initializers.keys()] };
}

it('puts the nodes in place, under names that nothing has', () => {
  const branch = 't () => (r, s) <float w = {2}> { a = Mul (x, w) r = Neg (a) s = Exp (a) }';
  expect(inlined(branch)).toEqual({
    nodes: ['a_1 = Mul (x, w_1)', 'y = Neg (a_1)', 'z = Exp (a_1)'],
    initializers: ['w', 'w_1'],
  });
});

it('gives out once more what has another name already', () => {
  expect(inlined('t () => (r, r) { r = Neg (x) }').nodes).toEqual([
    'y = Neg (x)',
    'z = Identity (y)',
  ]);
  expect(inlined('t () => (x, v) <float v = {2}> { }')).toEqual({
    nodes: ['y = Identity (x)', 'z = Identity (v_1)'],
    initializers: ['w', 'v_1'],
  });
});

it('gives outputs that nobody asked for a name of their own', () => {
  expect(inlined('t () => (r, s) { r = Neg (x) s = Exp (r) }', 'y').nodes).toEqual([
    'y = Neg (x)',
    's_1 = Exp (y)',
  ]);
});

it('reads inputs by the names that they have outside', () => {
  const inputs = new Map([
    ['p', 'a'],
    ['q', ''],
  ]);
  expect(inlined('t () => (r, p) { r = Clip (p, w, q) }', 'y, z', inputs).nodes).toEqual([
    'y = Clip (a, w)',
    'z = Identity (a)',
  ]);
});
