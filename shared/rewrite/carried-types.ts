/** Types that outlive the model they were inferred from: exact rewrites change no value's type. */
import { allGraphs, allNodes } from '../onnx/graph-walk.ts';
import type { Dim, Graph, Model, ValueType } from '../onnx/model.ts';
import type { TypeTable } from '../runtime/infer-types.ts';
import type { KnownTypes } from './graph-context.ts';

/**
 * The table, and for graphs that it does not know the types of its values by name. Names that two
 * graphs define (branches of an If may) are left out there; fresh names never were in use.
 */
export function carriedTypes(model: Model, table: TypeTable): KnownTypes {
  const byName = new Map<string, ValueType>();
  const seen = new Set<string>();
  const graphs = new Set<Graph>();
  for (const { graph } of allGraphs(model.graph)) {
    graphs.add(graph);
    const types = table.of(graph);
    for (const name of ownNames(graph)) {
      const type = types.get(name);
      if (seen.has(name)) byName.delete(name);
      else if (type) byName.set(name, type);
      seen.add(name);
    }
  }
  return {
    get: (graph, value) => (graphs.has(graph) ? table.get(graph, value) : byName.get(value)),
  };
}

/**
 * Whether no inference could tell more: every value that a node makes has a type, and each of its dims is a
 * number or has the name that an input gives it. Names that inference invents may turn out to be numbers.
 * With `isOpen`, dims may be free: see {@link usesSizes}.
 */
export function isComplete(model: Model, types: KnownTypes, isOpen = false): boolean {
  const named = new Set(model.graph.inputs.flatMap(({ type }) => dimsOf(type)));
  const isKnown = (dim: Dim): boolean => typeof dim === 'number' || named.has(dim);
  for (const { graph } of allGraphs(model.graph)) {
    for (const { outputs } of graph.nodes) {
      for (const output of outputs) {
        const type = output === '' ? undefined : types.get(graph, output);
        if (
          output !== '' &&
          !(type?.kind === 'tensor' && type.shape?.every((dim) => isOpen || isKnown(dim)))
        )
          return false;
      }
    }
  }
  return true;
}

/**
 * Whether the model computes with sizes of its values. In one that does not, a dim that is free when it is read stays
 * free: all that inference could do is give it a name, which nothing asks for.
 */
export function usesSizes(model: Model): boolean {
  for (const { opType } of allNodes(model))
    if (opType === 'Shape' || opType === 'Size') return true;
  return false;
}

function dimsOf(type: ValueType | null): readonly Dim[] {
  return (type?.kind === 'tensor' && type.shape?.filter((dim) => dim !== null)) || [];
}

function ownNames(graph: Graph): ReadonlySet<string> {
  return new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.keys(),
    ...graph.nodes.flatMap(({ outputs }) => outputs.filter((output) => output !== '')),
  ]);
}
