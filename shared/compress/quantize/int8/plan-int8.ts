/** Decides what becomes integers, and on which grid, from ranges that were seen. Pure and deterministic. */
import type { Model } from '../../../onnx/model.ts';
import type { PlannedWeight } from '../weights/weight-plan.ts';
import { flatBounds } from './flat-bounds.ts';
import {
  type EqualizedValue,
  INT8_PLAN_SCHEMA,
  type Int8Plan,
  type KeptInFloat,
  type PlannedValue,
} from './int8-plan.ts';
import { INT8_POLICIES, type Int8Hardware, type Int8Policy } from './int8-policy.ts';
import { clampOf, type ElementwiseGroup } from './node-groups.ts';
import type { RangeMethod } from './numbers/choose-range.ts';
import { calibratedRange, gridOf, type Range } from './numbers/range.ts';
import { placeQdq, type Site } from './placement.ts';
import { keyOf, type Scope, scopesOf } from './scopes.ts';
import { findWeightedNodes } from './weighted-nodes.ts';

/** What was seen of each value, by {@link keyOf}. */
export type Ranges = ReadonlyMap<string, Range>;

export interface PlanOptions {
  readonly hardware: Int8Hardware;
  readonly method: RangeMethod;
  readonly samples: number;
  readonly synthetic: boolean;
  readonly groups: readonly ElementwiseGroup[];
  /** Nodes to be left in float32, by {@link keyOf}, with the reason. */
  readonly keep: ReadonlyMap<string, { readonly reason: string; readonly damage?: number }>;
  /** Nodes whose weights alone are in 8 bits. */
  readonly weightsAlone?: readonly PlannedWeight[];
  /** How the model was equalized before; it is planned as it is then. */
  readonly equalized?: readonly EqualizedValue[];
  /** Nodes whose weights are rounded by output error. */
  readonly rounded?: ReadonlySet<string>;
}

/** The plan for a float32 model; what has no range is kept in float32. */
export function planInt8(model: Model, ranges: Ranges, options: PlanOptions): Int8Plan {
  const policy = INT8_POLICIES[options.hardware];
  const scopes = scopesOf(model);
  const { weighted, refused } = findWeightedNodes(model, scopes);
  const { weightsAlone = [] } = options;
  const alone = new Set(weightsAlone.map(keyOf));
  const kept: KeptInFloat[] = refused
    .filter(({ ref }) => !alone.has(keyOf(ref)))
    .map(({ ref, node, reason }) => ({ ...ref, op: node.opType, node: node.name, reason }));
  const chosen = weighted.filter(({ ref, op, node, input }) => {
    if (alone.has(keyOf(ref)) && !options.keep.has(keyOf(ref))) return false;
    const isSeen = ranges.has(keyOf({ scope: ref.scope, name: input }));
    const keep =
      options.keep.get(keyOf(ref)) ??
      (isSeen ? undefined : { reason: 'no calibration sample reached it' });
    if (keep) kept.push({ ...ref, op, node: node.name, ...keep });
    return keep === undefined;
  });
  const parts = scopes.map((scope) => {
    const nodes = chosen.filter(({ ref }) => ref.scope === scope.key);
    const opset = model.opsets.get('') ?? 1;
    const placement = placeQdq(scope.graph, nodes, {
      policy,
      opset,
      groups: new Set(options.groups),
    });
    const here = (name: string) => ({ scope: scope.key, name });
    return {
      values: gridsOf(scope, placement.sites, ranges, policy),
      integerOps: placement.integerOps.map(here),
      absorbed: placement.absorbed.map(here),
    };
  });
  return {
    schema: INT8_PLAN_SCHEMA,
    hardware: options.hardware,
    calibration: {
      samples: options.samples,
      method: options.method,
      synthetic: options.synthetic,
    },
    equalized: options.equalized ?? [],
    groups: options.groups,
    nodes: chosen.map(({ ref, op, node }) => ({
      ...ref,
      op,
      node: node.name,
      rounding: options.rounded?.has(keyOf(ref)) ? 'output-error' : 'nearest',
    })),
    values: parts.flatMap(({ values }) => values),
    integerOps: parts.flatMap(({ integerOps }) => integerOps),
    absorbed: parts.flatMap(({ absorbed }) => absorbed),
    weightsAlone,
    kept,
  };
}

function gridsOf(
  scope: Scope,
  sites: readonly Site[],
  ranges: Ranges,
  policy: Int8Policy,
): PlannedValue[] {
  const byName = new Map(sites.map((site) => [site.name, site]));
  const { codes, symmetric } = policy.activation;
  return sites.map(({ name, readers }) => {
    let source = name;
    // Ends: an input comes before its node's output, and the graph has no cycle.
    for (let shared = byName.get(source)?.sharesWith; shared !== undefined; ) {
      source = shared;
      shared = byName.get(source)?.sharesWith;
    }
    const range = usefulRange(scope, source, byName.get(source)?.readers ?? 'some', ranges);
    return { scope: scope.key, name, readers, ...range, ...gridOf(range, codes, symmetric) };
  });
}

/** The calibrated range, without what no reader tells apart and what the producer cannot give. */
function usefulRange(
  { key, graph }: Scope,
  name: string,
  readers: Site['readers'],
  ranges: Ranges,
): Range {
  const producer = graph.producer(name);
  // Exactly what the codes of 8 bits can say in steps of 1/256.
  if (producer?.opType === 'Softmax') return { min: 0, max: 255 / 256 };
  const seen = calibratedRange(ranges.get(keyOf({ scope: key, name })) ?? { min: 0, max: 0 });
  const flat = readers === 'all' ? flatBounds(graph, name) : undefined;
  const clamp = producer && clampOf(graph, producer);
  return {
    min: Math.min(0, Math.max(seen.min, flat?.min ?? -Infinity, clamp?.min ?? -Infinity)),
    max: Math.max(0, Math.min(seen.max, flat?.max ?? Infinity, clamp?.max ?? Infinity)),
  };
}
