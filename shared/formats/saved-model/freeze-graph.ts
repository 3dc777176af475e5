/** The graph behind a signature with the values of variables and tables in their places. */
import { assembleGraph, neededNodes, normalized, type Ports } from '../tf/proto/assemble-graph.ts';
import type { Budget } from '../tf/proto/budget.ts';
import type { RawGraph } from '../tf/proto/graph.ts';
import type { RawNode } from '../tf/proto/node.ts';
import { parseReference, type TfGraph, type TfNode } from '../tf/tf-graph.ts';
import type { Checkpoint } from './checkpoint.ts';
import { argumentsOf, changesVariable, effectsOf, targetsOf } from './function-effects.ts';
import { type Setting, settingsOf } from './initial-values.ts';
import { keysByVariable } from './object-graph.ts';
import { reachedFrom } from './run-scope.ts';
import type { MetaGraph } from './saved-model-proto.ts';
import { assetPath, isTable, tableNodes } from './tables.ts';
import { isVariable, variableNode } from './variables.ts';

/** What a SavedModel is made of. */
export interface SavedModelParts {
  readonly folder: string;
  readonly meta: MetaGraph;
  readonly checkpoint: Checkpoint | undefined;
  readonly budget: Budget;
}

/** @throws ModelError where the file breaks its own rules, InputError for files that are missing */
export function freezeGraph(parts: SavedModelParts, ports: Ports): TfGraph {
  const { meta, checkpoint, budget } = parts;
  const settings = settingsOnLoading(meta);
  let keys: ReadonlyMap<string, string> | undefined;
  const values = {
    checkpoint,
    origins: new Map([...settings].map(([node, { origins }]) => [node, origins[0]])),
    keysByName: () => {
      keys ??= checkpoint ? keysByVariable(checkpoint, budget) : new Map();
      return keys;
    },
    changing: changingVariables(meta.graph, ports),
  };
  const paths = new Map([...meta.assets].map(([tensor, file]) => [normalized(tensor), file]));
  const assetOf = (node: string): string | undefined => {
    // TensorFlow 2 keeps the path in a variable.
    const origin = settings.get(node)?.origins[0];
    const name = paths.get(`${origin?.kind === 'node' ? origin.name : node}:0`);
    return name === undefined ? undefined : assetPath(parts.folder, name);
  };
  const replace = (node: RawNode): readonly TfNode[] => {
    if (isVariable(node)) return [variableNode(node, values)];
    if (isTable(node)) return tableNodes(node, { checkpoint, settings, assetOf });
    return [node];
  };
  return assembleGraph(meta.graph, ports, replace);
}

/** What restoring sets, before what the model itself sets up on loading. */
function settingsOnLoading({
  graph,
  restoreNode,
  mainNodes,
  signatures,
}: MetaGraph): Map<string, Setting> {
  const init = signatures.get('__saved_model_init_op')?.outputs.values().next().value?.tensor;
  const first = [...mainNodes, ...(init === undefined ? [] : [init])];
  const settings = new Map<string, Setting>();
  for (const starts of [first, [restoreNode]])
    for (const setting of settingsOf(graph, starts)) settings.set(setting.target, setting);
  return settings;
}

/** Variables that the outputs need and that are changed when they are computed. */
function changingVariables(graph: RawGraph, ports: Ports): ReadonlySet<string> {
  const run = reachedFrom(
    graph.nodes,
    ports.outputs.map(({ tensor }) => tensor),
  );
  const needed = neededNodes(graph, ports);
  const calls = [...run].flatMap((node) => targetsOf(node, graph.functions));
  const effects = effectsOf(calls, graph.functions);
  const changed = new Set<string>();
  const read = new Set<string>();
  for (const node of run) {
    const targets = targetsOf(node, graph.functions);
    const inputs = targets.length > 0 ? argumentsOf(node) : node.inputs;
    for (const [index, input] of inputs.entries()) {
      const variable = graph.nodes.get(parseReference(input).node);
      if (!variable || !isVariable(variable)) continue;
      const isRead =
        targets.length > 0
          ? targets.some((target) => effects.get(target)?.read.has(index))
          : index > 0 || !changesVariable(node.op);
      const isChanged =
        targets.length > 0
          ? targets.some((target) => effects.get(target)?.changed.has(index))
          : index === 0 && changesVariable(node.op);
      if (isChanged) changed.add(variable.name);
      if (isRead && needed.has(node)) read.add(variable.name);
    }
  }
  return new Set([...changed].filter((name) => read.has(name)));
}
