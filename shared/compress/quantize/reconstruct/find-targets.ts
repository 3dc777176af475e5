/** The weights of a plan that can be rounded by output error: matrices in blocks of 4 bits, and what has 8 bits by channel. */
import { product } from '../../../base/product.ts';
import { intOf } from '../../../onnx/attributes.ts';
import { keyOf } from '../int8/scopes.ts';
import type { MomentShape } from '../int8/statistics/input-moments.ts';
import type { WeightedNode } from '../int8/weighted-nodes.ts';
import type { UsedWeight, WeightUse } from '../weights/find-weight-uses.ts';
import type { PlannedWeight } from '../weights/weight-plan.ts';

/** A weight that is written once, and the nodes that read it. */
export interface RoundTarget {
  readonly weight: UsedWeight;
  readonly kind: 'blocks' | 'channels';
  /** How the columns are cut; the parts are rounded apart. */
  readonly shape: MomentShape;
  readonly readers: readonly Reader[];
}

export interface Reader {
  readonly planned: PlannedWeight;
  readonly node: WeightedNode;
}

/**
 * A Cholesky factor of so many columns takes 0.6 s and 19 MB, and both grow faster than the weights. Wider inputs are cut into
 * parts: errors of one part are then not made up for in another.
 */
const MAX_COLUMNS = 1536;

/** In the order of the plan; weights that several nodes read in the same form are one. */
export function findTargets(
  nodes: readonly PlannedWeight[],
  uses: readonly WeightUse[],
): readonly RoundTarget[] {
  const byKey = new Map(uses.map((use) => [keyOf(use.ref), use]));
  const found = new Map<UsedWeight['tensor'], Map<string, RoundTarget>>();
  for (const planned of nodes) {
    const use = byKey.get(keyOf(planned));
    const kind = kindOf(planned);
    const node = use && weightedNode(use);
    const [weight] = use?.weights ?? [];
    if (!kind || !node || !weight) continue;
    const shape = partsOf(node.columns, planned.block ?? kernelOf(node));
    if (!shape) continue;
    const key = `${planned.form} ${planned.block} ${node.op === 'Conv'} ${node.axis} ${node.groups}`;
    const same = found.get(weight.tensor) ?? new Map<string, RoundTarget>();
    const readers = [...(same.get(key)?.readers ?? []), { planned, node }];
    found.set(weight.tensor, same.set(key, { weight, kind, shape, readers }));
  }
  return [...found.values()].flatMap((same) => [...same.values()]);
}

function kindOf({ form, bits }: PlannedWeight): RoundTarget['kind'] | undefined {
  if (form === 'matmul-nbits' || form === 'dequantize-blocks') return 'blocks';
  return form === 'folded' && bits === 8 ? 'channels' : undefined;
}

const kernelOf = ({ op, weight }: WeightedNode): number =>
  op === 'Conv' ? product(weight.dims.slice(2)) : 1;

/** Equal parts of whole blocks or kernels; undefined where the columns do not divide so. */
export function partsOf(columns: number, unit: number): MomentShape | undefined {
  if (columns <= MAX_COLUMNS) return { blocks: 1, size: columns };
  for (let blocks = 2; blocks <= columns / unit; blocks++) {
    const size = columns / blocks;
    if (size <= MAX_COLUMNS && Number.isInteger(size) && size % unit === 0) return { blocks, size };
  }
  return undefined;
}

/** As statistics are taken of it; undefined for what is no Conv and no product with a matrix on its right. */
function weightedNode({
  ref,
  kind,
  node,
  graph,
  weights,
  matrix,
}: WeightUse): WeightedNode | undefined {
  const [weight] = weights;
  if (!weight) return undefined;
  const common = {
    ref,
    node,
    graph,
    input: node.inputs[0] ?? '',
    weight: weight.tensor,
    bias: null,
  };
  const [rows = 0, ...rest] = weight.tensor.dims;
  if (kind === 'conv' && node.opType === 'Conv') {
    const columns = product(rest);
    return { ...common, op: 'Conv', axis: 0, rows, columns, groups: intOf(node, 'group', 1) };
  }
  if (typeof matrix === 'string') return undefined;
  return {
    ...common,
    op: node.opType === 'Gemm' ? 'Gemm' : 'MatMul',
    axis: matrix.transposed ? 0 : 1,
    rows: matrix.N,
    columns: matrix.K,
    groups: 1,
  };
}
