/** Where a graph that begins with text or file formats can be cut: the tensors that its numeric part takes from them. */
import { LimitError } from '../../base/errors.ts';
import { declaredType } from './declared-output.ts';
import { decodes } from './hints.ts';
import { inlineCalls } from './inline-calls.ts';
import { functionsIn, parseReference, type TfGraph, type TfNode } from './tf-graph.ts';

/** More than that is no advice. */
const MAX_SUGGESTED = 4;

/** Lists of tensors pass through these: they cannot be inputs, what is stacked of them can. */
const LISTS = /^Tensor(List|Array)/;

/**
 * Tensors as `--inputs` takes them, behind the last nodes that decode; none where the graph has no such place, as
 * for one that decodes in its midst.
 */
export function suggestCut(graph: TfGraph): readonly string[] {
  const nodes = inlined(graph);
  const decoding = decodingFunctions(graph);
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const decoders = new Set<TfNode>();
  for (const node of nodes) {
    const before = node.inputs.map((input) => byName.get(parseReference(input).node));
    const passes = LISTS.test(node.op) && before.some((source) => source && decoders.has(source));
    const runs = [...functionsIn(node.attributes)].some((name) => decoding.has(name));
    if (passes || runs || decodes(node.op)) decoders.add(node);
  }
  const places = new Set<string>();
  for (const node of nodes) {
    if (decoders.has(node)) continue;
    for (const input of node.inputs) {
      const { node: name, output } = parseReference(input);
      const source = byName.get(name);
      if (source && decoders.has(source)) places.add(`${name}:${output}`);
    }
  }
  const suggested = [...places];
  const isSure = suggested.every((place) => {
    const source = byName.get(parseReference(place).node);
    return source !== undefined && declaredType(source) !== undefined;
  });
  return isSure && suggested.length <= MAX_SUGGESTED ? suggested : [];
}

/** Names of the functions that decode, or call one that does: a loop over encoded images. */
function decodingFunctions({ functions }: TfGraph): ReadonlySet<string> {
  const callers = new Map<string, Set<string>>();
  const found: string[] = [];
  for (const [name, { nodes }] of functions) {
    if (nodes.some(({ op }) => decodes(op))) found.push(name);
    for (const node of nodes)
      for (const called of functionsIn(node.attributes)) {
        const known = callers.get(called);
        if (known) known.add(name);
        else callers.set(called, new Set([name]));
      }
  }
  const decoding = new Set<string>();
  for (let name = found.pop(); name !== undefined; name = found.pop()) {
    if (decoding.has(name)) continue;
    decoding.add(name);
    found.push(...(callers.get(name) ?? []));
  }
  return decoding;
}

function inlined(graph: TfGraph): readonly TfNode[] {
  try {
    return inlineCalls(graph).nodes;
  } catch (error) {
    if (error instanceof LimitError) return [];
    throw error;
  }
}
