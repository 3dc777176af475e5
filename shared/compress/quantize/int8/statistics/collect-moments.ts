/** Moments of the inputs of weighted nodes, a few nodes at a time so that memory stays bounded. */
import type { Model } from '../../../../onnx/model.ts';
import { foldOutputs } from '../../../../runtime/fold-outputs.ts';
import type { SessionOptions } from '../../../../runtime/session.ts';
import type { Int8Plan } from '../int8-plan.ts';
import { keyOf } from '../scopes.ts';
import type { WeightedNode } from '../weighted-nodes.ts';
import type { Samples } from './collect-ranges.ts';
import { type MomentShape, momentShape, momentTap } from './input-moments.ts';
import { tapModel } from './tap.ts';
import { addTwins } from './twin.ts';

/** Moments of one node: of each group, the matrices of its blocks. */
export interface InputMoments extends MomentShape {
  readonly positions: number;
  /** Of every group, its blocks one after the other. */
  readonly parts: readonly MomentPart[];
}

/** Means over positions; x̂ is the quantized input, x the float one. Row-major. */
export interface MomentPart {
  /** E[x̂·x̂ᵀ], [size, size]. */
  readonly products: Float64Array;
  /** E[x·x̂ᵀ], [size, size]. */
  readonly crossed: Float64Array;
  /** E[x̂], [size]. */
  readonly mean: Float64Array;
  /** E[x], [size]. */
  readonly floatMean: Float64Array;
}

/** Numbers of all matrices of one pass, doubles: 48 MB in the child and as much on arrival. */
const MAX_PASS_NUMBERS = 6e6;

/**
 * Gives the moments node by node; each pass runs all samples. Nodes without a tap (a kernel too large, a
 * branch never taken) are left out.
 */
export async function* collectMoments(
  model: Model,
  plan: Int8Plan,
  nodes: readonly WeightedNode[],
  samples: () => Samples,
  options: SessionOptions = {},
): AsyncIterableIterator<{ readonly node: WeightedNode; readonly moments: InputMoments }> {
  const twinned = addTwins(model, plan);
  const planned = nodes.filter(({ ref }) => twinned.inputs.has(keyOf(ref)));
  for (const pass of passesOf(planned)) {
    const taps = pass.map(({ node, shape }) =>
      momentTap(node, shape, twinned.inputs.get(keyOf(node.ref)) ?? node.input),
    );
    const tapped = tapModel(twinned.model, taps);
    const folds = Object.fromEntries(
      tapped.outputs.flatMap((name) => (name === undefined ? [] : [[name, 'sum' as const]])),
    );
    const results = await foldOutputs(tapped.model, samples(), folds, options);
    for (const [index, { node, shape }] of pass.entries()) {
      const result = results[tapped.outputs[index] ?? ''];
      if (!result || result.fold === 'histogram') continue;
      const moments = separate(result.values, shape, node.groups);
      if (moments.positions > 0) yield { node, moments };
    }
  }
}

interface Shaped {
  readonly node: WeightedNode;
  readonly shape: MomentShape;
}

function passesOf(nodes: readonly WeightedNode[]): readonly (readonly Shaped[])[] {
  const passes: Shaped[][] = [];
  let numbers = Number.POSITIVE_INFINITY;
  for (const node of nodes) {
    const shape = momentShape(node);
    if (!shape) continue;
    const own = node.groups * shape.blocks * (2 * shape.size + 1) * (shape.size + 1);
    if (numbers + own > MAX_PASS_NUMBERS) {
      passes.push([]);
      numbers = 0;
    }
    numbers += own;
    passes.at(-1)?.push({ node, shape });
  }
  return passes;
}

/** Takes the rows of input-moments.ts apart. */
function separate(
  values: Float64Array,
  { blocks, size }: MomentShape,
  groups: number,
): InputMoments {
  const wide = size + 1;
  const positions = values[size * wide + size] ?? 0;
  const parts = Array.from({ length: groups * blocks }, (_, block): MomentPart => {
    const start = block * (2 * size + 1) * wide;
    const rows = (first: number, count: number, width: number, from = 0): Float64Array => {
      const taken = new Float64Array(count * width);
      for (let row = 0; row < count; row++) {
        for (let column = 0; column < width; column++)
          taken[row * width + column] =
            (values[start + (first + row) * wide + from + column] ?? 0) / positions;
      }
      return taken;
    };
    return {
      products: rows(0, size, size),
      mean: rows(size, 1, size),
      crossed: rows(size + 1, size, size),
      floatMean: rows(size + 1, size, 1, size),
    };
  });
  return { blocks, size, positions, parts };
}
