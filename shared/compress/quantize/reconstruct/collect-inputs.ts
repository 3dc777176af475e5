/** Second moments of what weights are multiplied with: each input of products measured once, whatever number of nodes read it. */
import type { Model } from '../../../onnx/model.ts';
import type { SessionOptions } from '../../../runtime/session.ts';
import { collectMoments, type InputMoments } from '../int8/statistics/collect-moments.ts';
import type { Samples } from '../int8/statistics/fold-taps.ts';
import type { WeightedNode } from '../int8/weighted-nodes.ts';
import type { RoundTarget } from './find-targets.ts';

/** What a weight is multiplied with, over all its readers. */
export interface TargetInputs {
  readonly positions: number;
  /** Columns of a part. */
  readonly size: number;
  /** E[x·xᵀ], row-major [size, size]: of each group the parts of its columns. */
  readonly products: readonly Float64Array[];
}

/**
 * Gives every target with its moments, one after the other, as soon as all its readers' inputs are known; those that no
 * sample reached are left out. Passes over the samples are made when asked for.
 */
export async function* collectInputs(
  model: Model,
  targets: readonly RoundTarget[],
  samples: () => Samples,
  options: SessionOptions = {},
): AsyncIterableIterator<{ readonly target: RoundTarget; readonly inputs: TargetInputs }> {
  const taps = new Map<string, { readonly node: WeightedNode; readonly into: Gathering[] }>();
  for (const target of targets) {
    const gathering: Gathering = { target, missing: target.readers.length };
    for (const { node } of target.readers) {
      const { blocks, size } = target.shape;
      // Convolutions differ in how they move over their input.
      const own = node.op === 'Conv' ? node.ref.name : '';
      const key = `${node.ref.scope} ${node.input} ${blocks} ${size} ${own}`;
      const tap = taps.get(key) ?? { node, into: [] };
      tap.into.push(gathering);
      taps.set(key, tap);
    }
  }
  const byNode = new Map([...taps.values()].map(({ node, into }) => [node, into]));
  const shapeOf = (node: WeightedNode) => byNode.get(node)?.[0]?.target.shape;
  const collected = collectMoments(model, [...byNode.keys()], samples, options, shapeOf);
  for await (const { node, moments } of collected) {
    for (const gathering of byNode.get(node) ?? []) {
      const { target, inputs: known } = gathering;
      const inputs = known ? together(known, moments) : moments;
      gathering.inputs = inputs;
      if (--gathering.missing === 0) yield { target, inputs };
    }
    byNode.delete(node);
  }
  // Of readers that lie in a branch that was never taken.
  const rest = new Set([...byNode.values()].flat());
  for (const { target, inputs } of rest) if (inputs) yield { target, inputs };
}

interface Gathering {
  readonly target: RoundTarget;
  missing: number;
  inputs?: TargetInputs;
}

/** The mean over the positions of both. */
function together(one: TargetInputs, other: InputMoments): TargetInputs {
  const positions = one.positions + other.positions;
  const share = other.positions / positions;
  return {
    size: one.size,
    positions,
    products: one.products.map((product, part) =>
      product.map((value, at) => value + share * ((other.products[part]?.[at] ?? 0) - value)),
    ),
  };
}
