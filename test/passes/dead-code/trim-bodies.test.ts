import { expect, it } from 'vitest';
import { intsOf } from '../../../shared/onnx/attributes.ts';
import { subgraphsOf } from '../../../shared/onnx/graph-walk.ts';
import { parseModel } from '../../../shared/onnx/text.ts';
import { trimBodies } from '../../../shared/passes/dead-code/trim-bodies.ts';
import { graphContextOf } from '../shared/_context.ts';

/** The node that gives `a` after trimming, and what its bodies give. */
function trimmed(nodes: string, outputs = 'a') {
  const { context, node } = graphContextOf(
    parseModel(
      `<ir_version: 8, opset_import: ["": 17]>
       g (bool c, int64 n, float x, float[4,2] s) => (${outputs}) { ${nodes} }`,
    ),
  );
  const before = node('a');
  const after = trimBodies(before, context.editor);
  expect(context.editor.has(after)).toBe(true);
  const bodies = subgraphsOf(after).map(({ graph }) =>
    graph.outputs.map(({ name }) => name).join(),
  );
  return { after, isSame: after === before, outputs: after.outputs.join(), bodies };
}

const IF = `If (c) <
  then_branch = t () => (t1, t2, t3) { t1 = Neg (x) t2 = Abs (x) t3 = Exp (x) },
  else_branch = e () => (e1, e2, e3) { e1 = Exp (x) e2 = Neg (x) e3 = Abs (x) } >`;

it('takes an output out of the If and of both branches', () => {
  expect(trimmed(`a, b, d = ${IF} z = Neg (d)`, 'a, z')).toMatchObject({
    outputs: 'a,d',
    bodies: ['t1,t3', 'e1,e3'],
  });
  expect(trimmed(`"", b, a = ${IF}`)).toMatchObject({ outputs: 'a', bodies: ['t3', 'e3'] });
});

it('keeps what a Loop carries, and drops what it collects', () => {
  const loop = `a, b, d, e = Loop (n, c, x, x) < body = l (int64 i, bool k, float u, float v) => (k2, u2, v2, p, q) {
    k2 = Identity (k) u2 = Add (u, v) v2 = Neg (v) p = Abs (u) q = Exp (u) } >`;
  expect(trimmed(`${loop} z = Neg (e)`, 'a, z')).toMatchObject({
    outputs: 'a,b,e',
    bodies: ['k2,u2,v2,q'],
  });
  expect(trimmed(loop, 'a, e')).toMatchObject({ outputs: 'a,b,e' });
});

it('drops what a Scan says of an output with the output', () => {
  const { after, outputs, bodies } = trimmed(
    `a, b, d = Scan (x, s) <num_scan_inputs = 1, scan_output_axes = [0, 1], scan_output_directions = [1, 0],
      body = l (float u, float[2] v) => (u2, p, q) { u2 = Neg (u) p = Exp (v) q = Abs (v) } >`,
    'a, d',
  );
  expect({ outputs, bodies }).toEqual({ outputs: 'a,d', bodies: ['u2,q'] });
  expect(intsOf(after, 'scan_output_axes')).toEqual([1]);
  expect(intsOf(after, 'scan_output_directions')).toEqual([0]);
});

it.each([
  ['all outputs are read', `a, b, d = ${IF} z = Sum (b, d)`, 'a, z'],
  ['none is: the whole node is dead', `a, b, d = ${IF} z = Neg (x)`, 'z'],
  ['the node has no bodies', 'a, b = Dropout (x)', 'a'],
])('leaves the node alone when %s', (_, nodes, outputs) => {
  expect(trimmed(nodes, outputs).isSame).toBe(true);
});
