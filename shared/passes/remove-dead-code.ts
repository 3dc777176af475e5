/** Nodes, outputs, weights, functions and opset imports that nothing needs. */
import { allNodes } from '../onnx/graph-walk.ts';
import type { FunctionDefinition, Model, Node } from '../onnx/model.ts';
import { findOp, parameterAt } from '../ops/find-op.ts';
import { hasTrait } from '../ops/traits.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import type { Pass } from '../rewrite/pass.ts';
import { trimBodies } from './dead-code/trim-bodies.ts';

export const removeDeadCode: Pass = {
  name: 'remove-dead-code',
  identity: 'what nothing reads need not be computed',
  needsTypes: false,
  run: (work) => {
    const called = calledNames(work.model);
    // Bodies come before the graph around them: what that one trims off them is dead one sweep later.
    for (let before: Model | undefined; before !== work.model; ) {
      before = work.model;
      work.editGraphs((graph) => sweep(graph, called));
    }
    const { model } = work;
    const trimmed = withoutUnusedDefinitions(model);
    if (trimmed !== model) work.replaceModel(trimmed, { interfaceChanges: 1 });
  },
};

/** From the end to the front, so that what only dead nodes read is dead as well by then. */
function sweep(graph: GraphContext, functions: ReadonlySet<string>): void {
  const { editor } = graph;
  for (const node of [...editor.nodes()].toReversed()) {
    const isRemovable = hasTrait(node, 'removable') || functions.has(labelOf(node));
    if (isRemovable && !node.outputs.some((output) => editor.isUsed(output))) editor.remove(node);
    else dropOutputs(trimBodies(node, editor), graph);
  }
  for (const name of [...editor.initializers.keys()]) {
    if (!editor.isUsed(name) && !editor.isInput(name)) editor.removeInitializer(name);
  }
}

/** Optional outputs that nothing reads cost time in some kernels (masks, last states, indices). */
function dropOutputs(node: Node, { editor, opsets }: GraphContext): void {
  const opset = opsets.get(node.domain);
  const signature = opset === undefined ? undefined : findOp(node.domain, node.opType, opset);
  if (!signature) return;
  const outputs = node.outputs.map((output, position) => {
    const isOptional = parameterAt(signature.outputs, position)?.option === 'optional';
    return isOptional && output !== '' && !editor.isUsed(output) ? '' : output;
  });
  const count = outputs.findLastIndex((output) => output !== '') + 1;
  const kept = outputs.slice(0, Math.max(count, signature.minOutputs));
  if (
    kept.some((output, position) => output !== node.outputs[position]) ||
    kept.length !== node.outputs.length
  )
    editor.update(node, { outputs: kept });
}

/** Functions that no node calls, and imports of domains that no node is of. */
function withoutUnusedDefinitions(model: Model): Model {
  const needed = reachableFunctions(model);
  const functions = model.functions.filter((definition) => needed.has(definition));
  const domains = new Set(['']);
  for (const node of allNodes({ ...model, functions })) domains.add(node.domain);
  const opsets = new Map([...model.opsets].filter(([domain]) => domains.has(domain)));
  if (functions.length === model.functions.length && opsets.size === model.opsets.size)
    return model;
  return { ...model, functions, opsets };
}

function reachableFunctions(model: Model): ReadonlySet<FunctionDefinition> {
  const byLabel = new Map(
    model.functions.map((definition) => [
      labelOf({ domain: definition.domain, opType: definition.name, ...overloadOf(definition) }),
      definition,
    ]),
  );
  const reached = new Set<FunctionDefinition>();
  const open = [...allNodes({ ...model, functions: [] })];
  for (let node = open.pop(); node; node = open.pop()) {
    const definition = byLabel.get(labelOf(node));
    if (!definition || reached.has(definition)) continue;
    reached.add(definition);
    open.push(
      ...allNodes({ ...model, graph: { ...model.graph, nodes: [] }, functions: [definition] }),
    );
  }
  return reached;
}

function calledNames(model: Model): ReadonlySet<string> {
  return new Set(
    model.functions.map((definition) =>
      labelOf({ domain: definition.domain, opType: definition.name, ...overloadOf(definition) }),
    ),
  );
}

function overloadOf({ overload }: FunctionDefinition): { overload?: string } {
  return overload === undefined ? {} : { overload };
}

/** How a call finds its function. */
function labelOf({
  domain,
  opType,
  overload = '',
}: Pick<Node, 'domain' | 'opType' | 'overload'>): string {
  return `${domain}::${opType}:${overload}`;
}
