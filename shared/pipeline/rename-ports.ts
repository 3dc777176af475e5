/** A model under other names of its inputs and outputs: so that two models take and give the same. */
import { z } from 'zod';
import type { NamedTensors } from '../base/tensor.ts';
import { FreshNames } from '../formats/build/fresh-names.ts';
import { allGraphs } from '../onnx/graph-walk.ts';
import { makeNode } from '../onnx/make-node.ts';
import type { Graph, Model, Node, ValueInfo } from '../onnx/model.ts';
import { type Names, renameNode } from '../passes/shared/rename.ts';

/** New names by the model's own. */
export const portNamesSchema = z.object({
  inputs: z.record(z.string(), z.string()),
  outputs: z.record(z.string(), z.string()),
});
export type PortNames = z.infer<typeof portNamesSchema>;

/** The same model under those names; inner values that have one of them give way. */
export function renamePorts(model: Model, ports: PortNames): Model {
  const { graph } = model;
  const names = new Map<string, string>(Object.entries(ports.inputs));
  const given = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  const identities: Node[] = [];
  for (const [name, wanted] of Object.entries(ports.outputs)) {
    // What is an input or a constant as well keeps its name, and is handed on under the other.
    if (given.has(name)) names.set(name, wanted);
    else if ((names.get(name) ?? name) !== wanted)
      identities.push(makeNode('Identity', [names.get(name) ?? name], [wanted]));
  }
  const values = new FreshNames();
  for (const name of valueNames(model)) values.take(name);
  const wanted = new Set([...Object.values(ports.inputs), ...Object.values(ports.outputs)]);
  for (const name of wanted) values.take(name);
  const fresh = (name: string): string => values.fresh(name);
  for (const name of topNames(graph))
    if (wanted.has(name) && !names.has(name)) names.set(name, fresh(name));
  return { ...model, graph: renamed(graph, names, ports, fresh, identities) };
}

function renamed(
  graph: Graph,
  names: Names,
  ports: PortNames,
  fresh: (name: string) => string,
  identities: readonly Node[],
): Graph {
  const of = (name: string): string => names.get(name) ?? name;
  const info = (value: ValueInfo): ValueInfo => ({ ...value, name: of(value.name) });
  return {
    ...graph,
    nodes: [...graph.nodes.map((node) => renameNode(node, names, fresh)), ...identities],
    initializers: new Map(
      [...graph.initializers].map(([name, tensor]) => [of(name), { ...tensor, name: of(name) }]),
    ),
    sparseInitializers: graph.sparseInitializers.map((sparse) => ({
      ...sparse,
      values: { ...sparse.values, name: of(sparse.values.name) },
    })),
    inputs: graph.inputs.map(info),
    outputs: graph.outputs.map((value) => ({
      ...value,
      name: ports.outputs[value.name] ?? of(value.name),
    })),
    valueInfo: new Map([...graph.valueInfo.values()].map((value) => [of(value.name), info(value)])),
  };
}

/** Tensors under the names of another model; those without one keep theirs. */
export const renameTensors = (
  tensors: NamedTensors,
  names: Readonly<Record<string, string>>,
): NamedTensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [names[name] ?? name, tensor]),
  );

/** From the new names to the own ones. */
export const inverse = (names: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(names).map(([own, other]) => [other, own]));

function* topNames(graph: Graph): Generator<string> {
  for (const { name } of graph.inputs) yield name;
  yield* graph.initializers.keys();
  for (const { values } of graph.sparseInitializers) yield values.name;
  for (const { outputs } of graph.nodes) yield* outputs;
}

function* valueNames({ graph }: Model): Generator<string> {
  for (const one of allGraphs(graph)) yield* topNames(one.graph);
}
