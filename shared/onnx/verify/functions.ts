/** Functions that a model defines: each once, not by way of themselves, and called with what they take. */
import type { FunctionDefinition, Model, Node } from '../model.ts';
import type { CheckContext, ProblemList } from './problem.ts';
import { calledLabel, functionLabel, nodeLabel, type Scope, scopesOf } from './scope.ts';

/** Rule `function`. */
export function checkFunctions({ model, scopes, problems }: CheckContext): void {
  const byLabel = new Map<string, FunctionDefinition>();
  for (const definition of model.functions) {
    const label = functionLabel(definition);
    if (byLabel.has(label)) problems.add('function', `function ${label}`, 'it is defined twice');
    byLabel.set(label, definition);
  }
  const calls = new Map<FunctionDefinition, Set<FunctionDefinition>>();
  for (const scope of scopes) {
    scope.nodes.forEach((node, index) => {
      const where = (): string => `${nodeLabel(node, index)}${scope.suffix}`;
      checkReferences(node, scope, where, problems);
      const callee = byLabel.size > 0 ? byLabel.get(calledLabel(node)) : undefined;
      if (!callee) return;
      checkCall(node, callee, where, problems);
      if (!scope.definition) return;
      const callees = calls.get(scope.definition) ?? new Set();
      calls.set(scope.definition, callees.add(callee));
    });
  }
  for (const definition of recursive(model, calls))
    problems.add('function', `function ${functionLabel(definition)}`, 'it calls itself');
}

function checkCall(
  node: Node,
  callee: FunctionDefinition,
  where: () => string,
  problems: ProblemList,
): void {
  if (node.inputs.length > callee.inputs.length)
    problems.add(
      'function',
      where(),
      `it has ${node.inputs.length} inputs, the function takes ${callee.inputs.length}`,
    );
  if (node.outputs.length > callee.outputs.length)
    problems.add(
      'function',
      where(),
      `it has ${node.outputs.length} outputs, the function gives ${callee.outputs.length}`,
    );
}

/** An attribute may stand for the caller's only inside a function, and only for one that it declares. */
function checkReferences(
  node: Node,
  { definition }: Scope,
  where: () => string,
  problems: ProblemList,
): void {
  for (const [name, attribute] of node.attributes) {
    if (attribute.type !== 'reference') continue;
    if (!definition)
      problems.add(
        'function',
        where(),
        `attribute '${name}' refers to a caller's, outside functions`,
      );
    else if (
      !definition.attributes.includes(attribute.value) &&
      !definition.attributeDefaults.has(attribute.value)
    )
      problems.add(
        'function',
        where(),
        `attribute '${name}' refers to '${attribute.value}', which the function does not have`,
      );
  }
}

/** Functions that lie on a circle of calls: what is left when those that call nothing left are taken away. */
function recursive(
  model: Model,
  calls: ReadonlyMap<FunctionDefinition, ReadonlySet<FunctionDefinition>>,
): FunctionDefinition[] {
  const state = new Map<FunctionDefinition, 'open' | 'done'>();
  const found: FunctionDefinition[] = [];
  for (const start of model.functions) {
    if (state.has(start)) continue;
    const stack = [{ at: start, left: [...(calls.get(start) ?? [])] }];
    state.set(start, 'open');
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const next = top.left.pop();
      if (next === undefined) {
        state.set(top.at, 'done');
        stack.pop();
      } else if (state.get(next) === 'open') found.push(next);
      else if (!state.has(next)) {
        state.set(next, 'open');
        stack.push({ at: next, left: [...(calls.get(next) ?? [])] });
      }
    }
  }
  return found;
}

/** The functions that the graph calls, directly or by way of others. No runtime looks at the rest. */
export function calledFunctions(model: Model): readonly FunctionDefinition[] {
  if (model.functions.length === 0) return model.functions;
  const scopes = Map.groupBy(scopesOf(model), ({ definition }) => definition);
  const byLabel = Map.groupBy(model.functions, functionLabel);
  const called = new Set<FunctionDefinition>();
  const callers: (FunctionDefinition | null)[] = [null];
  for (let caller = callers.pop(); caller !== undefined; caller = callers.pop()) {
    const labels = new Set(
      scopes.get(caller)?.flatMap(({ nodes }) => nodes.map((node) => calledLabel(node))),
    );
    for (const label of labels)
      for (const definition of byLabel.get(label) ?? []) {
        if (called.has(definition)) continue;
        called.add(definition);
        callers.push(definition);
      }
  }
  return model.functions.filter((definition) => called.has(definition));
}
