/** Bodies of recurrent layers, changed in one place. */
import type { TfFunction, TfGraph, TfNode } from '../../../../../shared/formats/tf/tf-graph.ts';

/** The graph with one function changed: the body of its loop. */
export function withBody(graph: TfGraph, change: (body: TfFunction) => TfFunction): TfGraph {
  const functions = [...graph.functions].map(([name, target]): [string, TfFunction] => [
    name,
    target.name.includes('body') ? change(target) : target,
  ]);
  return { ...graph, functions: new Map(functions) };
}

/** The graph with some nodes of the body changed. */
export const withNodes = (graph: TfGraph, change: (node: TfNode) => TfNode): TfGraph =>
  withBody(graph, (body) => ({ ...body, nodes: body.nodes.map(change) }));

/** The same computation in other words: what the body gives is negated twice, which loses no bit. */
export function disguised(graph: TfGraph): TfGraph {
  return withBody(graph, (body) => {
    const nodes = [...body.nodes];
    const results = body.results.map((reference, place) => {
      const node = body.nodes.find(({ name }) => name === reference);
      if (node?.attributes.get('T')?.value !== 'float32') return reference;
      nodes.push(
        { name: `not_${place}`, op: 'Neg', inputs: [reference], attributes: new Map() },
        { name: `again_${place}`, op: 'Neg', inputs: [`not_${place}`], attributes: new Map() },
      );
      return `again_${place}`;
    });
    return { ...body, nodes, results };
  });
}
