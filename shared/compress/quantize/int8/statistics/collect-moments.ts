/** Moments of the inputs of weighted nodes, a few nodes at a time so that memory stays bounded. */
import type { Model } from '../../../../onnx/model.ts';
import type { SessionOptions } from '../../../../runtime/session.ts';
import type { WeightedNode } from '../weighted-nodes.ts';
import { foldTaps, numbersOf, type Samples } from './fold-taps.ts';
import { type MomentShape, momentShape, momentTap } from './input-moments.ts';

/** Moments of one node: of each group, the matrices of its blocks. */
export interface InputMoments extends MomentShape {
  readonly positions: number;
  /** Mean products, [size, size] each, group by group. */
  readonly products: readonly Float64Array[];
  /** Mean inputs, [size] each, in the same order. */
  readonly means: readonly Float64Array[];
}

/** Numbers of all matrices of one pass, doubles: 48 MB in the child and as much on arrival. */
const MAX_PASS_NUMBERS = 6e6;

/**
 * Gives the moments node by node; each pass runs all samples. Nodes without a tap (a kernel too large, a
 * branch never taken) are left out. `shapeOf`: how columns are cut.
 */
export async function* collectMoments(
  model: Model,
  nodes: readonly WeightedNode[],
  samples: () => Samples,
  options: SessionOptions = {},
  shapeOf: (node: WeightedNode) => MomentShape | undefined = momentShape,
): AsyncIterableIterator<{ readonly node: WeightedNode; readonly moments: InputMoments }> {
  for (const pass of passesOf(nodes, shapeOf)) {
    const taps = pass.map(({ node, shape }) => momentTap(node, shape));
    const results = await foldTaps(model, taps, samples(), options);
    for (const [index, { node, shape }] of pass.entries()) {
      const sums = numbersOf(results[index]);
      if (!sums) continue;
      const moments = separate(sums, shape, node.groups);
      if (moments.positions > 0) yield { node, moments };
    }
  }
}

interface Shaped {
  readonly node: WeightedNode;
  readonly shape: MomentShape;
}

function passesOf(
  nodes: readonly WeightedNode[],
  shapeOf: (node: WeightedNode) => MomentShape | undefined,
): readonly (readonly Shaped[])[] {
  const passes: Shaped[][] = [];
  let numbers = Number.POSITIVE_INFINITY;
  for (const node of nodes) {
    const shape = shapeOf(node);
    if (!shape) continue;
    const own = node.groups * shape.blocks * (shape.size + 1) ** 2;
    if (numbers + own > MAX_PASS_NUMBERS) {
      passes.push([]);
      numbers = 0;
    }
    numbers += own;
    passes.at(-1)?.push({ node, shape });
  }
  return passes;
}

/** Takes the row of ones out again: see input-moments.ts. */
function separate(
  values: Float64Array,
  { blocks, size }: MomentShape,
  groups: number,
): InputMoments {
  const wide = size + 1;
  const positions = values[wide * wide - 1] ?? 0;
  const products: Float64Array[] = [];
  const means: Float64Array[] = [];
  for (let block = 0; block < groups * blocks; block++) {
    const start = block * wide * wide;
    const product = new Float64Array(size * size);
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++)
        product[row * size + column] = (values[start + row * wide + column] ?? 0) / positions;
    }
    products.push(product);
    means.push(
      Float64Array.from(
        { length: size },
        (_, i) => (values[start + size * wide + i] ?? 0) / positions,
      ),
    );
  }
  return { blocks, size, positions, products, means };
}
