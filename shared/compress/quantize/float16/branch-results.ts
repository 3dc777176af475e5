/** Results of If that every branch computes in float16 come out as float16: no Cast in each branch, and one behind only where float32 is wanted. */
import { subgraphsOf } from '../../../onnx/graph-walk.ts';
import type { Model, Node } from '../../../onnx/model.ts';
import { bodyScope, keyOf, type Scope, scopesOf } from '../int8/scopes.ts';
import type { PlannedHalf } from './float16-plan.ts';

/** The planned nodes and the If nodes around them that give float16 too. */
export function withBranchResults(
  model: Model,
  planned: readonly PlannedHalf[],
): readonly PlannedHalf[] {
  const byKey = new Map(planned.map((node) => [keyOf(node), node]));
  const scopes = new Map(scopesOf(model).map((scope) => [scope.key, scope]));
  const added: PlannedHalf[] = [];
  // Inner ones first: an If may hand on what an If inside it gives.
  for (const scope of [...scopes.values()].reverse()) {
    for (const node of scope.graph.nodes()) {
      if (node.opType !== 'If' || node.domain !== '') continue;
      const outputs = halfResults(node, scope, scopes, byKey);
      if (outputs.length === 0) continue;
      const entry: PlannedHalf = {
        scope: scope.key,
        name: node.outputs[0] ?? '',
        op: node.opType,
        node: node.name,
        inputs: [],
        outputs,
      };
      byKey.set(keyOf(entry), entry);
      added.push(entry);
    }
  }
  return [...planned, ...added];
}

/** Names of a body's results that the node around it gives as float16. */
export function halfBodyResults(
  body: { readonly outputs: readonly { readonly name: string }[] },
  entry: PlannedHalf | undefined,
): ReadonlySet<string> {
  return new Set(entry?.outputs.map((position) => body.outputs[position]?.name ?? ''));
}

function halfResults(
  node: Node,
  scope: Scope,
  scopes: ReadonlyMap<string, Scope>,
  planned: ReadonlyMap<string, PlannedHalf>,
): readonly number[] {
  const bodies = subgraphsOf(node).map(({ attribute, index, graph }) => ({
    graph,
    scope: scopes.get(bodyScope(scope.key, node, attribute, index)),
  }));
  return [...node.outputs.keys()].filter((position) =>
    bodies.every(({ graph, scope: inner }) => {
      const name = graph.outputs[position]?.name ?? '';
      const producer = inner?.graph.producer(name);
      if (!inner || !producer) return false;
      const entry = planned.get(keyOf({ scope: inner.key, name: producer.outputs[0] ?? '' }));
      return entry?.outputs.includes(producer.outputs.indexOf(name)) ?? false;
    }),
  );
}
