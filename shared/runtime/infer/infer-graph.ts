/** One graph's types: onnxruntime infers, and what it cannot infer is cut out until the rest stands. */
import { subgraphsOf } from '../../onnx/graph-walk.ts';
import type { Graph, Model, Node, ValueType } from '../../onnx/model.ts';
import { readNames } from '../../onnx/rewrite-node.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { type Ask, type Attempt, attemptInference } from './attempt.ts';
import { refine } from './body-types.ts';
import { rankedTypes } from './rank-rules.ts';
import { constantOf, keepsValues, nodeNamed } from './skeleton.ts';
import { restoreTypes } from './stand-in.ts';

/** Failures that are looked into one by one; after that all nodes of the failing op go at once. */
const SINGLE_CUTS = 32;

/** What a graph sees of what is around it. */
export interface Surroundings {
  /** Types of graph inputs and of captured values. */
  readonly types: ReadonlyMap<string, ValueType>;
  /** Captured constants that are small enough to keep their values. */
  readonly constants: ReadonlyMap<string, StoredTensor>;
}

export interface GraphTypes {
  readonly types: ReadonlyMap<string, ValueType>;
  /** Reasons, by value. */
  readonly unknown: ReadonlyMap<string, string>;
  /** The graph's own small constants, for its bodies. */
  readonly constants: ReadonlyMap<string, StoredTensor>;
}

/** The work on one graph; `hints` are types of node outputs known in another way. */
export async function inferGraph(
  ask: Ask,
  model: Model,
  graph: Graph,
  around: Surroundings,
  hints: ReadonlyMap<string, ValueType>,
): Promise<GraphTypes> {
  const sources = ownSources(model, graph, around);
  const declared = declaredTypes(graph);
  const cut = unknownOps(model, sources.nodes);
  for (let failures = 0; ; ) {
    const given = new Map(sources.types);
    const unknown = new Map<string, string>();
    const alive = liveNodes(sources.nodes, given, { cut, declared, hints, unknown });
    const attempt = async (
      nodes: readonly Node[],
      known: ReadonlyMap<string, ValueType> = new Map(),
    ): Promise<Attempt> => {
      const { constants } = sources;
      const outcome = await attemptInference(ask, { model, nodes, given, constants, known });
      if ('types' in outcome) restoreTypes(nodes, (name) => given.get(name), outcome.types);
      return outcome;
    };
    const outcome = await attempt(alive);
    if ('types' in outcome) {
      const found = await completed(outcome.types, declared, { alive, given }, (known) =>
        attempt(alive, known),
      );
      const types = new Map([...given, ...found]);
      for (const node of alive) explainMissing(node, types, unknown);
      return { types, unknown, constants: sources.constants };
    }
    const culprit = nodeNamed(outcome.failure, alive) ?? (await findCulprit(alive, attempt));
    failures++;
    for (const node of sameFailure(outcome.failure, culprit, alive, failures))
      cut.set(node, `${node.opType}: ${outcome.failure}`);
  }
}

/** How often what was learnt may lead to more: shapes computed from shapes, a few deep in real models. */
const COMPLETIONS = 4;

/**
 * What the nodes give, completed by what the model declares where that does not contradict (it may be
 * stale, and onnxruntime would believe it) and by the ranks that shape operands tell. Where something
 * is read that only now is known, onnxruntime is asked once more.
 */
async function completed(
  inferred: ReadonlyMap<string, ValueType>,
  declared: ReadonlyMap<string, ValueType>,
  around: { readonly alive: readonly Node[]; readonly given: ReadonlyMap<string, ValueType> },
  attempt: (known: ReadonlyMap<string, ValueType>) => Promise<Attempt>,
): Promise<ReadonlyMap<string, ValueType>> {
  const { alive, given } = around;
  const known = new Map<string, ValueType>();
  let types = inferred;
  for (let round = 1; ; round++) {
    const current = types;
    const ranked = rankedTypes(alive, (name) => current.get(name) ?? given.get(name));
    const learnt = new Map<string, ValueType>();
    for (const [name, type] of types) {
      const better = refine(refine(type, ranked.get(name)), declared.get(name));
      if (better !== type) learnt.set(name, better);
    }
    types = new Map([...types, ...learnt]);
    const isRead = alive.some((node) => readNames(node).some((name) => learnt.has(name)));
    if (!isRead || round === COMPLETIONS) return types;
    for (const [name, type] of learnt) known.set(name, type);
    const outcome = await attempt(known);
    if (!('types' in outcome)) return types;
    types = outcome.types;
  }
}

interface Sources {
  readonly types: ReadonlyMap<string, ValueType>;
  readonly constants: ReadonlyMap<string, StoredTensor>;
  /** Without the Constant nodes that became given values. */
  readonly nodes: readonly Node[];
}

/** Everything that is typed before any node is looked at. */
function ownSources(model: Model, graph: Graph, around: Surroundings): Sources {
  const types = new Map(around.types);
  const constants = new Map(around.constants);
  // Before IR 4 every initializer is listed as an input and still constant; since, listed means replaceable.
  const replaceable = new Set(model.irVersion < 4 ? [] : graph.inputs.map(({ name }) => name));
  const addConstant = (name: string, tensor: StoredTensor): void => {
    types.set(name, { kind: 'tensor', elementType: tensor.type, shape: tensor.dims });
    if (keepsValues(tensor) && !replaceable.has(name)) constants.set(name, { ...tensor, name });
    else constants.delete(name);
  };
  for (const [name, tensor] of graph.initializers) addConstant(name, tensor);
  for (const { values, dims } of graph.sparseInitializers) {
    types.set(values.name, { kind: 'tensor', elementType: values.type, shape: dims });
  }
  const nodes = graph.nodes.filter((node) => {
    const tensor = constantOf(node);
    const [output] = node.outputs;
    if (!tensor || !output) return true;
    types.set(output, { kind: 'tensor', elementType: tensor.type, shape: tensor.dims });
    if (keepsValues(tensor) && tensor.storage.kind !== 'computed')
      constants.set(output, { ...tensor, name: output });
    return false;
  });
  return { types, constants, nodes };
}

/** Types that the graph states for values of its nodes. */
function declaredTypes(graph: Graph): ReadonlyMap<string, ValueType> {
  const declared = new Map<string, ValueType>();
  for (const { name, type } of [...graph.valueInfo.values(), ...graph.outputs])
    if (type && type.kind !== 'unknown') declared.set(name, type);
  return declared;
}

/** Domains whose ops onnxruntime may know. */
const KNOWN_DOMAINS = /^($|ai\.onnx|com\.microsoft|com\.ms\.|org\.pytorch\.)/;

/** Nodes that need not be tried: their domain is nobody's here, unless the model defines the op itself. */
function unknownOps(model: Model, nodes: readonly Node[]): Map<Node, string> {
  const local = new Set(model.functions.map(({ domain, name }) => `${domain}:${name}`));
  const cut = new Map<Node, string>();
  for (const node of nodes) {
    if (KNOWN_DOMAINS.test(node.domain) || local.has(`${node.domain}:${node.opType}`)) continue;
    cut.set(node, `onnxruntime does not know the op ${node.domain}:${node.opType}`);
  }
  return cut;
}

/**
 * The nodes that can be inferred: not cut, and everything they read has a type. Outputs of the others
 * enter `given` where their type is known in another way, else `unknown` with the reason.
 */
function liveNodes(
  nodes: readonly Node[],
  given: Map<string, ValueType>,
  facts: {
    cut: ReadonlyMap<Node, string>;
    declared: ReadonlyMap<string, ValueType>;
    hints: ReadonlyMap<string, ValueType>;
    unknown: Map<string, string>;
  },
): Node[] {
  const made = new Set<string>();
  return nodes.filter((node) => {
    const missing = readNames(node).find((name) => !made.has(name) && !given.has(name));
    const reason =
      facts.cut.get(node) ??
      (missing === undefined
        ? undefined
        : `${node.opType} reads '${missing}', whose type is unknown (${facts.unknown.get(missing) ?? 'it is not defined'})`);
    if (reason === undefined) {
      for (const output of node.outputs) made.add(output);
      return true;
    }
    for (const output of node.outputs) {
      if (output === '') continue;
      const type = facts.hints.get(output) ?? facts.declared.get(output);
      if (type) given.set(output, type);
      else facts.unknown.set(output, reason);
    }
    return false;
  });
}

function explainMissing(
  node: Node,
  types: ReadonlyMap<string, ValueType>,
  unknown: Map<string, string>,
): void {
  for (const output of node.outputs) {
    if (output !== '' && !types.has(output))
      unknown.set(output, `onnxruntime does not tell the type that ${node.opType} gives`);
  }
}

/** The first node with which a prefix of the graph fails, when the message names none. */
async function findCulprit(
  alive: readonly Node[],
  attempt: (nodes: readonly Node[]) => Promise<Attempt>,
): Promise<Node> {
  let good = 0;
  let bad = alive.length;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    if ('types' in (await attempt(alive.slice(0, middle)))) good = middle;
    else bad = middle;
  }
  const culprit = alive[bad - 1];
  if (!culprit) throw new Error('inference fails without any node');
  return culprit;
}

/** An op that is unknown fails everywhere; other failures are one node's own, until there are many. */
function sameFailure(
  failure: string,
  culprit: Node,
  alive: readonly Node[],
  failures: number,
): Node[] {
  const everywhere =
    failures > SINGLE_CUTS || /is not a registered function|No Op registered/.test(failure);
  if (!everywhere || subgraphsOf(culprit).length > 0) return [culprit];
  return alive.filter((node) => node.opType === culprit.opType && node.domain === culprit.domain);
}
