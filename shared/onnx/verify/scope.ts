/** A list of nodes with names of its own: the main graph, a body inside it, or a function. */
import { subgraphsOf } from '../graph-walk.ts';
import type { FunctionDefinition, Graph, Model, Node } from '../model.ts';

export interface Scope {
  readonly nodes: readonly Node[];
  /** `null` for a function. */
  readonly graph: Graph | null;
  /** The function that these nodes are in, also for bodies inside it. */
  readonly definition: FunctionDefinition | null;
  readonly outer: Scope | null;
  readonly opsets: ReadonlyMap<string, number>;
  /** Ends a sentence about something in it: `''` for the main graph. */
  readonly suffix: string;
  /** The scopes of the bodies that a node holds. */
  readonly bodies: ReadonlyMap<Node, readonly Scope[]>;
}

/** All scopes of the model, outer before inner, functions last. */
export function scopesOf(model: Model): readonly Scope[] {
  const scopes: Scope[] = [];
  const enter = (
    part: Pick<Scope, 'nodes' | 'graph' | 'definition' | 'outer' | 'opsets' | 'suffix'>,
  ): Scope => {
    const bodies = new Map<Node, readonly Scope[]>();
    const scope: Scope = { ...part, bodies };
    scopes.push(scope);
    part.nodes.forEach((node, index) => {
      const subgraphs = subgraphsOf(node);
      if (subgraphs.length === 0) return;
      bodies.set(
        node,
        subgraphs.map(({ attribute, graph }) =>
          enter({
            ...part,
            nodes: graph.nodes,
            graph,
            outer: scope,
            suffix: ` in ${attribute} of ${nodeLabel(node, index)}${part.suffix}`,
          }),
        ),
      );
    });
    return scope;
  };
  enter({
    nodes: model.graph.nodes,
    graph: model.graph,
    definition: null,
    outer: null,
    opsets: model.opsets,
    suffix: '',
  });
  for (const definition of model.functions) {
    enter({
      nodes: definition.nodes,
      graph: null,
      definition,
      outer: null,
      opsets: definition.opsets,
      suffix: ` in function ${functionLabel(definition)}`,
    });
  }
  return scopes;
}

/** A node as messages call it; nodes without a name by their position. */
export function nodeLabel(node: Node, index: number): string {
  return node.name === ''
    ? `node ${index} (${node.opType})`
    : `node '${node.name}' (${node.opType})`;
}

/** `domain::name`, and the overload if there is one: how calls find a function. */
export function functionLabel(
  definition: Pick<FunctionDefinition, 'domain' | 'name' | 'overload'>,
): string {
  const overload = definition.overload ? `:${definition.overload}` : '';
  return `${definition.domain}::${definition.name}${overload}`;
}

/** The label that a function must have for the node to be a call of it. */
export function calledLabel(node: Node): string {
  return functionLabel({ domain: node.domain, name: node.opType, overload: node.overload ?? '' });
}
