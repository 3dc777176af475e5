/**
 * Nodes that are faster in float: what their integer kernels save, the conversions around them cost.
 *
 * Quantized nodes that hand integers to each other form an island; its floats are quantized on the way in and
 * its integers dequantized on the way out. The times are one thread of an x64 CPU with AVX2 (onnxruntime
 * 1.30); what counts is their ratio. On PP-OCRv4 rec the rule takes out all depthwise Convs, which stand alone between
 * hard-swishes, and the first thin ones: 0.78 of float32's time instead of 0.91.
 */
import type { Model } from '../../../../onnx/model.ts';
import { INT8_POLICIES, type Int8Hardware } from '../int8-policy.ts';
import type { ElementwiseGroup } from '../node-groups.ts';
import { type Placement, placeQdq, type Site } from '../placement.ts';
import { keyOf, type Scope, scopesOf } from '../scopes.ts';
import { findWeightedNodes, type WeightedNode } from '../weighted-nodes.ts';

/** Nanoseconds. */
const COSTS = {
  quantize: 0.7,
  dequantize: 0.35,
  /** What an integer kernel saves, a multiplication. */
  savedByDense: 0.02,
  /** Depthwise kernels are bound by memory: integers save nothing there. */
  savedByDepthwise: 0,
};
/** Islands that lose less than this, a run, are not worth a float weight. */
const LEAST_LOSS = 5_000;
/** Weights that may stay in float for speed, as a share of all: the model is to be small, too. */
const MAX_WEIGHT_SHARE = 0.05;

export interface IslandOptions {
  readonly hardware: Int8Hardware;
  readonly groups: ReadonlySet<ElementwiseGroup>;
  /** Elements of a value in one sample, by {@link keyOf}. */
  readonly elements: ReadonlyMap<string, number>;
}

/** The nodes that are better left in float, by {@link keyOf}. */
export function findCheapIslands(model: Model, options: IslandOptions): ReadonlySet<string> {
  const policy = INT8_POLICIES[options.hardware];
  if (!policy.quantizesOutputs) return new Set();
  const scopes = scopesOf(model);
  const { weighted } = findWeightedNodes(model, scopes);
  const size = ({ rows, columns }: WeightedNode): number => rows * columns;
  const total = weighted.reduce((sum, node) => sum + size(node), 0);
  const islands = scopes
    .flatMap((scope) => islandsOf(scope, weighted, model.opsets.get('') ?? 1, options))
    .filter(({ loss }) => loss > LEAST_LOSS)
    .sort((a, b) => b.loss - a.loss);
  const left = new Set<string>();
  let spent = 0;
  for (const { nodes } of islands) {
    const weights = nodes.reduce((sum, node) => sum + size(node), 0);
    if (spent + weights > MAX_WEIGHT_SHARE * total) continue;
    spent += weights;
    for (const { ref } of nodes) left.add(keyOf(ref));
  }
  return left;
}

interface Island {
  readonly nodes: readonly WeightedNode[];
  /** Nanoseconds a run; below 0 it is a gain. */
  readonly loss: number;
}

function islandsOf(
  scope: Scope,
  weighted: readonly WeightedNode[],
  opset: number,
  { hardware, groups, elements }: IslandOptions,
): readonly Island[] {
  const nodes = weighted.filter(({ ref }) => ref.scope === scope.key);
  const placement = placeQdq(scope.graph, nodes, {
    policy: INT8_POLICIES[hardware],
    opset,
    groups,
  });
  const count = (name: string): number => elements.get(keyOf({ scope: scope.key, name })) ?? 0;
  return joined(scope, nodes, placement).map((members) => ({
    nodes: members.nodes,
    loss:
      members.sites.reduce((sum, site) => sum + conversion(scope, site, members, count), 0) -
      members.nodes.reduce((sum, node) => sum + saving(scope, node, count), 0),
  }));
}

interface Members {
  readonly nodes: WeightedNode[];
  readonly sites: Site[];
}

/** Nodes that share a value that is an integer, in groups. */
function joined(
  { graph }: Scope,
  nodes: readonly WeightedNode[],
  { sites, integerOps, absorbed }: Placement,
): readonly Members[] {
  const bySite = new Map(sites.map((site) => [site.name, site]));
  const links = new Map<string, string>();
  const root = (name: string): string => {
    let at = name;
    for (let up = links.get(at); up !== undefined && up !== at; up = links.get(at)) at = up;
    return at;
  };
  const join = (a: string, b: string): void => {
    links.set(root(a), root(b));
  };
  for (const { node, input } of nodes) {
    const output = node.outputs[0] ?? '';
    if (bySite.has(input)) join(output, input);
  }
  for (const name of [...integerOps, ...absorbed]) {
    const inputs = graph.producer(name)?.inputs ?? [];
    for (const input of inputs) join(name, input);
  }
  const members = new Map<string, Members>();
  const of = (name: string): Members => {
    const found = members.get(root(name)) ?? { nodes: [], sites: [] };
    members.set(root(name), found);
    return found;
  };
  for (const node of nodes) of(node.node.outputs[0] ?? '').nodes.push(node);
  for (const site of sites) of(site.name).sites.push(site);
  return [...members.values()].filter((one) => one.nodes.length > 0);
}

/** Quantizing a float value, or dequantizing one that float ops read. */
function conversion(
  { graph }: Scope,
  { name, readers }: Site,
  { nodes, sites }: Members,
  count: (name: string) => number,
): number {
  if (readers === 'some') return COSTS.quantize * count(name);
  const weighted = new Set(nodes.map(({ node }) => node));
  const integers = new Set(sites.map((site) => site.name));
  const isFloat = graph
    .consumers(name)
    .some(
      (reader) => !weighted.has(reader) && !reader.outputs.some((output) => integers.has(output)),
    );
  return isFloat || graph.isOutput(name) ? COSTS.dequantize * count(name) : 0;
}

function saving(
  { graph }: Scope,
  { node, op, input, rows, columns, groups }: WeightedNode,
  count: (name: string) => number,
): number {
  if (op !== 'Conv') return COSTS.savedByDense * count(input) * rows;
  const output = node.outputs[0] ?? '';
  const clamp = graph.onlyConsumer(output)?.outputs[0] ?? '';
  const products = (count(output) || count(clamp)) * columns;
  return products * (groups > 1 && groups === rows ? COSTS.savedByDepthwise : COSTS.savedByDense);
}
