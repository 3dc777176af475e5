/** The nodes inside the functions that a node calls: for messages about what is not converted. */
import { functionsIn, parseReference, type TfFunction, type TfNode } from './tf-graph.ts';

/** Nodes that the results of called functions need, through all calls, without parameters. Functions in `seen` are passed over, new ones added. */
export function* calledNodes(
  start: TfNode,
  functions: ReadonlyMap<string, TfFunction>,
  seen: Set<string>,
): Generator<TfNode> {
  const open = [start];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const name of [node.op, ...functionsIn(node.attributes)]) {
      const target = functions.get(name);
      if (!target || seen.has(name)) continue;
      seen.add(name);
      for (const inner of neededIn(target)) {
        yield inner;
        open.push(inner);
      }
    }
  }
}

/** The nodes behind a function's results; parameters, and what is not there, are passed over. */
function neededIn({ nodes, parameters, results }: TfFunction): ReadonlySet<TfNode> {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  for (const name of parameters) byName.delete(name);
  const needed = new Set<TfNode>();
  const open = [...results];
  for (let reference = open.pop(); reference !== undefined; reference = open.pop()) {
    const node = byName.get(parseReference(reference).node);
    if (!node || needed.has(node)) continue;
    needed.add(node);
    open.push(...node.inputs);
  }
  return needed;
}
