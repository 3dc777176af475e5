/** Linear nodes from text, for tests of what folds into them. */
import type { Node } from '../../../shared/onnx/model.ts';
import { parseModel } from '../../../shared/onnx/text.ts';
import { type LinearOp, linearOp } from '../../../shared/passes/linear/linear-op.ts';
import type { GraphContext } from '../../../shared/rewrite/graph-context.ts';
import { Refusal } from '../../../shared/rewrite/refusal.ts';
import { graphContextOf } from '../shared/_context.ts';

/** The graph `{ … }` over `x` of that shape, with these initializers; the linear node gives `y`. */
export function graphOf(
  nodes: string,
  initializers: string,
  shape = 'N,6,9',
): { readonly context: GraphContext; readonly node: (output: string) => Node } {
  return graphContextOf(
    parseModel(
      `<ir_version: 8, opset_import: ["": 17]> g (float[${shape}] x) => (y) <${initializers}> { ${nodes} }`,
    ),
  );
}

/** The node that gives `y`, read. @throws when it is refused. */
export function linearOf(nodes: string, initializers: string, shape?: string): LinearOp {
  const { context, node } = graphOf(nodes, initializers, shape);
  const linear = linearOp(node('y'), context);
  if (linear instanceof Refusal) throw new Error(linear.reason);
  return linear;
}

/** An initializer of the shape that holds 1, 2, 3, … */
export function counting(name: string, dims: readonly number[], type = 'float'): string {
  const count = dims.reduce((product, dim) => product * dim, 1);
  return `${type}[${dims}] ${name} = {${Array.from({ length: count }, (_, i) => i + 1)}}`;
}
