/** Smallest and largest of every value that may become integers: computed inside the graph, two numbers a value and sample. */
import type { Model } from '../../../../onnx/model.ts';
import type { SessionOptions } from '../../../../runtime/session.ts';
import { INT8_POLICIES, type Int8Hardware } from '../int8-policy.ts';
import { ELEMENTWISE_GROUPS, type ElementwiseGroup } from '../node-groups.ts';
import type { Range } from '../numbers/range.ts';
import { placeQdq } from '../placement.ts';
import { keyOf, scopesOf, type ValueRef } from '../scopes.ts';
import { findWeightedNodes } from '../weighted-nodes.ts';
import { foldTaps, numbersOf, type Samples } from './fold-taps.ts';
import { makeNode, type Tap } from './tap.ts';

/** Every value that some plan for the hardware may make integers of. */
export function candidateValues(model: Model, hardware: Int8Hardware): readonly ValueRef[] {
  const policy = INT8_POLICIES[hardware];
  const opset = model.opsets.get('') ?? 1;
  const groups = new Set(Object.keys(ELEMENTWISE_GROUPS) as ElementwiseGroup[]);
  const scopes = scopesOf(model);
  const { weighted } = findWeightedNodes(model, scopes);
  return scopes.flatMap((scope) => {
    const nodes = weighted.filter(({ ref }) => ref.scope === scope.key);
    const { sites } = placeQdq(scope.graph, nodes, { policy, opset, groups });
    return sites.map(({ name }) => ({ scope: scope.key, name }));
  });
}

/** Ranges by {@link keyOf}; a value that no sample reached (in a branch never taken) has none. */
export async function collectRanges(
  model: Model,
  values: readonly ValueRef[],
  samples: Samples,
  options: SessionOptions = {},
): Promise<ReadonlyMap<string, Range>> {
  const taps = values.flatMap((ref) => [extremeTap(ref, 'min'), extremeTap(ref, 'max')]);
  const results = await foldTaps(model, taps, samples, options);
  const extreme = (index: number): number | undefined => numbersOf(results[index])?.[0];
  return new Map(
    values.flatMap((ref, index): [string, Range][] => {
      const min = extreme(2 * index);
      const max = extreme(2 * index + 1);
      // Of NaN alone there is no range, and of an infinity none that integers could hold.
      return min !== undefined && max !== undefined && min <= max && Number.isFinite(max - min)
        ? [[keyOf(ref), { min, max }]]
        : [];
    }),
  );
}

/** The smallest or largest element. */
export function extremeTap(ref: ValueRef, fold: 'min' | 'max'): Tap {
  const opType = fold === 'min' ? 'ReduceMin' : 'ReduceMax';
  return {
    ref,
    fold,
    dims: [],
    build: (graph, value) => [makeNode(opType, [value], graph.freshName(`${value}_${fold}`), true)],
  };
}
