/** Bodies of If, Loop, Scan and SequenceMap take and give as many values as the node around them says. */
import type { Node } from '../model.ts';
import type { CheckContext } from './problem.ts';
import { nodeLabel, type Scope } from './scope.ts';

interface Counts {
  readonly inputs: number;
  readonly outputs: number;
}

/** What the bodies of these operators have, by the node; source: their texts in onnx `docs/Operators.md`. */
const EXPECTED: Readonly<Record<string, (node: Node, opset: number) => Counts>> = {
  If: (node) => ({ inputs: 0, outputs: node.outputs.length }),
  // Iteration number, condition, carried values → condition, carried values, scanned ones.
  Loop: (node) => ({
    inputs: Math.max(2, node.inputs.length),
    outputs: node.outputs.length + 1,
  }),
  // Before opset 9 the first input of Scan is the lengths of the sequences.
  Scan: (node, opset) => ({
    inputs: node.inputs.length - (opset < 9 ? 1 : 0),
    outputs: node.outputs.length,
  }),
  SequenceMap: (node) => ({ inputs: node.inputs.length, outputs: node.outputs.length }),
};

/** Rule `body-arity`. */
export function checkBodies({ scopes, problems }: CheckContext): void {
  for (const scope of scopes) {
    if (scope.bodies.size === 0) continue;
    scope.nodes.forEach((node, index) => {
      const expected = node.domain === '' ? EXPECTED[node.opType] : undefined;
      if (!expected) return;
      const counts = expected(node, scope.opsets.get('') ?? 0);
      for (const body of scope.bodies.get(node) ?? []) {
        const problem = wrongCounts(body, counts);
        if (problem)
          problems.add('body-arity', `${nodeLabel(node, index)}${scope.suffix}`, problem);
      }
    });
  }
}

function wrongCounts({ graph }: Scope, expected: Counts): string | undefined {
  if (!graph) return undefined;
  for (const side of ['inputs', 'outputs'] as const) {
    const { length } = graph[side];
    if (length !== expected[side])
      return `its body '${graph.name}' has ${length} ${side}, ${expected[side]} are needed`;
  }
  return undefined;
}
