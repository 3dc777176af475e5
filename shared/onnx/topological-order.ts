/** An order of nodes in which every value is computed before it is read, or a cycle that rules one out. */
import type { Node } from './model.ts';

export type TopologicalOrder =
  | { readonly kind: 'order'; readonly nodes: readonly Node[] }
  /** Each waits for the next, the last for the first. */
  | { readonly kind: 'cycle'; readonly nodes: readonly Node[] };

/**
 * The nodes with each behind those whose values it reads, else as they stood. Names that none of the
 * nodes gives do not matter. Linear in nodes and names; no recursion, as chains of nodes are long.
 */
export function topologicalOrder(
  nodes: readonly Node[],
  readBy: (node: Node) => Iterable<string>,
): TopologicalOrder {
  const producers = new Map<string, Node>();
  for (const node of nodes)
    for (const output of node.outputs) if (output !== '') producers.set(output, node);
  const ordered: Node[] = [];
  const state = new Map<Node, 'open' | 'done'>();
  const visit = (node: Node): { at: Node; names: Iterator<string> } => {
    state.set(node, 'open');
    return { at: node, names: readBy(node)[Symbol.iterator]() };
  };
  for (const start of nodes) {
    if (state.has(start)) continue;
    const path = [visit(start)];
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const { value: name, done } = top.names.next();
      if (done) {
        state.set(top.at, 'done');
        ordered.push(top.at);
        path.pop();
        continue;
      }
      const producer = producers.get(name);
      if (!producer) continue;
      if (state.get(producer) === 'open') {
        const cycle = path.map(({ at }) => at);
        return { kind: 'cycle', nodes: cycle.slice(cycle.indexOf(producer)) };
      }
      if (!state.has(producer)) path.push(visit(producer));
    }
  }
  return { kind: 'order', nodes: ordered };
}
