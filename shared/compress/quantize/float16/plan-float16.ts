/** Which nodes compute in float16: all whose operators and values allow it, but for islands that casts would outweigh. */
import type { GraphEditor } from '../../../onnx/graph-editor.ts';
import { subgraphsOf } from '../../../onnx/graph-walk.ts';
import type { Graph, Model, Node } from '../../../onnx/model.ts';
import { findOp, parameterAt } from '../../../ops/find-op.ts';
import type { TypeTable } from '../../../runtime/infer-types.ts';
import { keyOf, scopesOf, type ValueRef } from '../int8/scopes.ts';
import { requireOpset } from '../require-opset.ts';
import { withBranchResults } from './branch-results.ts';
import { constantPeak } from './constant-peak.ts';
import { type Classify, classifier, floatPositions } from './float-values.ts';
import {
  FLOAT16_PLAN_SCHEMA,
  type Float16Plan,
  type KeptFloat,
  type PlannedHalf,
} from './float16-plan.ts';
import { clampsConstants, givesChosenType, keepsInput, whyFloat } from './float16-rules.ts';
import { withoutIslands } from './islands.ts';

export interface Float16Options {
  /** Whether graph inputs and outputs stay float32 (default). */
  readonly io?: 'float32' | 'float16';
  /** Smallest and largest of values on calibration data, by their {@link keyOf}; see {@link float16Values}. */
  readonly ranges?: ReadonlyMap<string, { readonly min: number; readonly max: number }>;
}

const LARGEST = 65_504;
/** The smallest float16 with all its digits. */
const SMALLEST = 2 ** -14;
/** Data to come may be so many times as large as the calibration's. */
const HEADROOM = 2;

/**
 * Reads constants once, in pieces, to see whether float16 holds them. Without
 * `types` the operators' signatures tell what is float32.
 * @throws UnsupportedError below opset 7.
 */
export function planFloat16(
  model: Model,
  types: TypeTable | undefined,
  options: Float16Options = {},
): Float16Plan {
  requireOpset(model);
  const classify = classifier(model, types);
  const nodes: PlannedHalf[] = [];
  const kept: KeptFloat[] = [];
  for (const { key, graph } of scopesOf(model)) {
    for (const node of graph.nodes()) {
      const about = { scope: key, name: node.outputs[0] ?? '', op: node.opType, node: node.name };
      const decision = decide(model, node, { key, graph, classify, ranges: options.ranges });
      if (!decision) continue;
      if (typeof decision === 'string') kept.push({ ...about, reason: decision });
      else nodes.push({ ...about, ...decision });
    }
  }
  const plan: Float16Plan = {
    schema: FLOAT16_PLAN_SCHEMA,
    io: options.io ?? 'float32',
    nodes: withBranchResults(model, nodes),
    kept,
  };
  return withoutIslands(model, plan);
}

/** The values whose ranges decide: float32 results of nodes that could compute in float16. */
export function float16Values(model: Model, types: TypeTable | undefined): readonly ValueRef[] {
  const scopes = new Map(scopesOf(model).map(({ key, graph }) => [key, graph]));
  return planFloat16(model, types).nodes.flatMap(({ scope, name, outputs }) => {
    // A node without its first output (an LSTM of which only the state is read) is not found by it.
    const node = scopes.get(scope)?.producer(name);
    return outputs.flatMap((position) => {
      const value = node?.outputs[position] ?? '';
      return value === '' ? [] : [{ scope, name: value }];
    });
  });
}

interface Place {
  readonly key: string;
  readonly graph: GraphEditor;
  readonly classify: Classify;
  readonly ranges: Float16Options['ranges'];
}

/** What becomes float16, or why nothing does, or `undefined` where nothing is float32. */
function decide(
  model: Model,
  node: Node,
  place: Place,
): Pick<PlannedHalf, 'inputs' | 'outputs'> | string | undefined {
  const graph: Graph = place.graph.build();
  const inputs = floatPositions(place.classify, graph, node.inputs);
  const outputs = floatPositions(place.classify, graph, node.outputs);
  if (inputs?.length === 0 && outputs?.length === 0) return undefined;
  // A constant is not computed: its readers decide what it is.
  if (node.opType === 'Constant' && node.domain === '') return undefined;
  if (subgraphsOf(node).length > 0)
    return node.opType === 'If' ? undefined : 'what its bodies take and give stays float32';
  if (!inputs || !outputs) return 'not all of its types are known to be plain tensors';
  const rule = whyFloat(node);
  if (rule !== undefined) return rule;
  const signature = findOp(node.domain, node.opType, model.opsets.get(node.domain) ?? 0);
  if (!signature) return 'its operator is not known';
  const halfInputs = inputs.filter(
    (position) =>
      parameterAt(signature.inputs, position)?.types.includes('float16') &&
      !keepsInput(node, position),
  );
  const bound = new Set(
    halfInputs.map((position) => parameterAt(signature.inputs, position)?.type),
  );
  const halfOutputs = outputs.filter((position) => {
    const parameter = parameterAt(signature.outputs, position);
    if (!parameter?.types.includes('float16')) return false;
    return bound.has(parameter.type) || givesChosenType(node);
  });
  if (halfOutputs.length === 0 && halfInputs.length === 0)
    return `${node.opType} takes no float16 in this opset`;
  const values = [
    ...halfInputs.map((at) => node.inputs[at] ?? ''),
    ...halfOutputs.map((at) => node.outputs[at] ?? ''),
  ];
  const beyond = beyondRange(node, values, place);
  if (beyond !== undefined) return beyond;
  // Cast takes anything: what it reads needs no change.
  if (node.opType === 'Cast')
    return halfOutputs.length > 0 ? { inputs: [], outputs: halfOutputs } : undefined;
  return { inputs: halfInputs, outputs: halfOutputs };
}

/** Why values or constants of the node do not fit float16. */
function beyondRange(
  node: Node,
  values: readonly string[],
  { graph, key, ranges }: Place,
): string | undefined {
  for (const name of values) {
    const constant = graph.constant(name);
    if (constant) {
      if (clampsConstants(node)) continue;
      const peak = constantPeak(constant);
      if (peak > LARGEST || (peak > 0 && peak < SMALLEST))
        return `its constant '${name}' reaches ${peak.toPrecision(3)}, and float16 holds ${SMALLEST.toPrecision(3)} to 65504`;
      continue;
    }
    const range = ranges?.get(keyOf({ scope: key, name })) ?? outerRange(graph, name, ranges);
    if (!range) continue;
    const peak = Math.max(-range.min, range.max);
    // Not `peak > …`: a range that is not a number is out of range too.
    if (!(peak <= LARGEST / HEADROOM))
      return `'${name}' reaches ${peak.toPrecision(3)} on the calibration data, and float16 ends at 65504`;
  }
  return undefined;
}

/** Bodies read values of the graph around them; those of the main graph have the empty key. */
function outerRange(graph: GraphEditor, name: string, ranges: Float16Options['ranges']) {
  return graph.parent && !graph.producer(name)
    ? ranges?.get(keyOf({ scope: '', name }))
    : undefined;
}
