/**
 * Names: each value is defined once in its graph, before it is read. A body also sees what the graph
 * around it has defined up to the node that holds the body, and may define the same names anew.
 * Source: onnx `docs/IR.md`, "Graphs" and "Value Names and Scope".
 */
import type { Node } from '../model.ts';
import { namesReadBy } from '../sort-nodes.ts';
import { topologicalOrder } from '../topological-order.ts';
import type { CheckContext, ProblemList } from './problem.ts';
import { nodeLabel, type Scope } from './scope.ts';

/** Rules `single-definition`, `topological-order`, `acyclic`, `defined-inputs`, `defined-outputs`. */
export function checkDefinitions({ scopes, problems }: CheckContext): void {
  for (const scope of scopes) if (!scope.outer) checkScope(scope, undefined, problems);
}

/** Names that are defined so far, from the inside out. */
interface Visible {
  readonly names: Set<string>;
  /** What the scope's nodes define in the end. */
  readonly produced: ReadonlySet<string>;
  readonly outer: Visible | undefined;
  /** Whether something of this scope is read before it is there. */
  isOutOfOrder: boolean;
}

function checkScope(scope: Scope, outer: Visible | undefined, problems: ProblemList): void {
  const names = leafNames(scope, problems);
  const produced = new Set(scope.nodes.flatMap((node) => node.outputs));
  const visible: Visible = { names, produced, outer, isOutOfOrder: false };
  scope.nodes.forEach((node, index) => {
    const where = (): string => `${nodeLabel(node, index)}${scope.suffix}`;
    for (const input of node.inputs) {
      if (input === '' || isVisible(input, visible)) continue;
      const later = producedLater(input, visible);
      if (later) {
        later.isOutOfOrder = true;
        problems.add('topological-order', where(), `it reads '${input}', which is computed later`);
      } else {
        problems.add('defined-inputs', where(), `it reads '${input}', which nothing defines`);
      }
    }
    for (const body of scope.bodies.get(node) ?? []) checkScope(body, visible, problems);
    for (const output of node.outputs) {
      if (output === '') continue;
      if (names.has(output))
        problems.add(
          'single-definition',
          where(),
          `it defines '${output}', which is defined already`,
        );
      names.add(output);
    }
  });
  if (visible.isOutOfOrder) reportCycle(scope, problems);
  checkOutputs(scope, visible, problems);
}

/** Names that are there before the first node runs. */
function leafNames(scope: Scope, problems: ProblemList): Set<string> {
  const names = new Set<string>();
  const define = (name: string, what: string): void => {
    const where = `${what} '${name}'${scope.suffix}`;
    if (name === '') problems.add('single-definition', where, 'it has no name');
    else if (names.has(name)) problems.add('single-definition', where, 'the name is taken already');
    names.add(name);
  };
  const inputs = scope.graph
    ? scope.graph.inputs.map(({ name }) => name)
    : scope.definition?.inputs;
  for (const name of inputs ?? []) define(name, 'input');
  if (scope.graph) {
    // An initializer that is listed as an input too is that input's default.
    for (const name of scope.graph.initializers.keys()) {
      if (name === '') define(name, 'initializer');
      names.add(name);
    }
    for (const { values } of scope.graph.sparseInitializers) {
      if (scope.graph.initializers.has(values.name)) define(values.name, 'sparse initializer');
      names.add(values.name);
    }
  }
  return names;
}

function checkOutputs(scope: Scope, visible: Visible, problems: ProblemList): void {
  const outputs = scope.graph
    ? scope.graph.outputs.map(({ name }) => name)
    : (scope.definition?.outputs ?? []);
  for (const name of outputs) {
    if (visible.names.has(name)) continue;
    const isOuter = visible.outer !== undefined && isVisible(name, visible.outer);
    problems.add(
      'defined-outputs',
      `output '${name}'${scope.suffix}`,
      isOuter
        ? 'it is a value of the graph around the body: it needs an Identity node'
        : 'nothing defines it',
    );
  }
}

function isVisible(name: string, visible: Visible): boolean {
  for (let at: Visible | undefined = visible; at; at = at.outer)
    if (at.names.has(name)) return true;
  return false;
}

/** The innermost scope that will define the name. */
function producedLater(name: string, visible: Visible): Visible | undefined {
  for (let at: Visible | undefined = visible; at; at = at.outer)
    if (at.produced.has(name)) return at;
  return undefined;
}

/** Nodes out of order that no order can help. */
function reportCycle(scope: Scope, problems: ProblemList): void {
  const order = topologicalOrder(scope.nodes, namesReadBy);
  const [first, ...others] = order.kind === 'cycle' ? order.nodes : [];
  if (!first) return;
  const label = (node: Node): string => nodeLabel(node, scope.nodes.indexOf(node));
  const way = others.length === 0 ? 'itself' : andMore(others.map(label));
  problems.add('acyclic', `${label(first)}${scope.suffix}`, `it waits in a circle for ${way}`);
}

/** How many nodes of a circle are named: it may go through the whole model. */
const NAMED = 3;

function andMore(labels: readonly string[]): string {
  const more = labels.length - NAMED;
  return `${labels.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
