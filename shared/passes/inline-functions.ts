/** Calls of the model's own functions, replaced by what the functions do. */
import { UnsupportedError } from '../base/errors.ts';
import { subgraphsOf } from '../onnx/graph-walk.ts';
import type { Attribute, FunctionDefinition, Node } from '../onnx/model.ts';
import { withSubgraph } from '../onnx/rewrite-node.ts';
import { findOp } from '../ops/find-op.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import type { Pass, PassWork } from '../rewrite/pass.ts';
import { refuse } from '../rewrite/refusal.ts';
import { raiseOpset } from './raise-opset.ts';
import { inlineGraph } from './shared/inline-graph.ts';

/** Functions may call functions: one level a sweep. Deeper nesting is not known from any exporter. */
const MAX_LEVELS = 32;

export const inlineFunctions: Pass = {
  name: 'inline-functions',
  identity: 'f(x) is the body of f with x for its parameter',
  needsTypes: false,
  run: (work) => {
    if (work.model.functions.length === 0 || !alignOpsets(work)) return;
    const functions = new Map(work.model.functions.map((each) => [labelOf(each), each]));
    for (let level = 0; level < MAX_LEVELS; level++) {
      const before = work.model;
      work.editGraphs((graph) => inlineCalls(graph, functions));
      if (work.model === before) break;
    }
    takeImports(work);
  },
};

function inlineCalls(
  { editor }: GraphContext,
  functions: ReadonlyMap<string, FunctionDefinition>,
): void {
  for (const node of [...editor.nodes()]) {
    const definition = functions.get(labelOf({ ...node, name: node.opType }));
    // An op that the runtime has a kernel for is faster than its definition.
    if (!definition || findOp(node.domain, node.opType, Number.MAX_SAFE_INTEGER)) continue;
    const inputs = new Map(
      definition.inputs.map((name, index) => [name, node.inputs[index] ?? '']),
    );
    const nodes = definition.nodes.map((inner) => withAttributes(inner, node, definition));
    inlineGraph(
      editor,
      node,
      { nodes, outputs: definition.outputs, initializers: new Map() },
      inputs,
    );
  }
}

/** All functions at the model's opset, or the model at theirs; `false` when they cannot be brought together. */
function alignOpsets(work: PassWork): boolean {
  const { model } = work;
  const versions = model.functions.flatMap(({ opsets }) => opsets.get('') ?? []);
  const newest = Math.max(model.opsets.get('') ?? 1, ...versions);
  try {
    const raised = raiseOpset(model, newest);
    const opsets = new Map(raised.opsets).set('', newest);
    if (raised !== model) work.replaceModel({ ...raised, opsets }, { interfaceChanges: 1 });
    return true;
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    work.refuse(refuse(error.message));
    return false;
  }
}

/** The model imports what the nodes from the functions are of. */
function takeImports(work: PassWork): void {
  const { model } = work;
  const opsets = new Map(model.opsets);
  for (const definition of model.functions) {
    for (const [domain, version] of definition.opsets)
      if (!opsets.has(domain)) opsets.set(domain, version);
  }
  if (opsets.size > model.opsets.size) work.replaceModel({ ...model, opsets }, {});
}

/** The node with the caller's attributes in place of references, its bodies included. */
function withAttributes(node: Node, call: Node, definition: FunctionDefinition): Node {
  const attributes = new Map<string, Attribute>();
  for (const [name, attribute] of node.attributes) {
    if (attribute.type !== 'reference') attributes.set(name, attribute);
    else {
      const given =
        call.attributes.get(attribute.value) ?? definition.attributeDefaults.get(attribute.value);
      // Without a value the attribute is absent, as the caller left it.
      if (given) attributes.set(name, given);
    }
  }
  let resolved: Node = { ...node, attributes };
  for (const { attribute, index, graph } of subgraphsOf(node)) {
    const nodes = graph.nodes.map((inner) => withAttributes(inner, call, definition));
    resolved = withSubgraph(resolved, attribute, index, { ...graph, nodes });
  }
  return resolved;
}

function labelOf({
  domain,
  name,
  overload = '',
}: Pick<FunctionDefinition, 'domain' | 'name' | 'overload'>): string {
  return `${domain}::${name}:${overload}`;
}
