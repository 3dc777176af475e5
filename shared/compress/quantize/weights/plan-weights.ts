/** Which weights take which form: the policy's cell for each use, or the next one that the node allows. */
import type { Hardware } from '../../../base/hardware.ts';
import { intOf } from '../../../onnx/attributes.ts';
import type { Model } from '../../../onnx/model.ts';
import { storedByteLength } from '../../../onnx/tensor-data.ts';
import type { TypeTable } from '../../../runtime/infer-types.ts';
import { type Block, type Cell, WEIGHT_POLICY, type WeightVariant } from '../policy.ts';
import { requireOpset } from '../require-opset.ts';
import { findWeightUses, type WeightUse } from './find-weight-uses.ts';
import { FORMS } from './forms/forms.ts';
import {
  type KeptWeight,
  type PlannedWeight,
  WEIGHT_PLAN_SCHEMA,
  type WeightPlan,
} from './weight-plan.ts';

export interface WeightOptions {
  readonly hardware: Hardware;
  /** The highest version of ai.onnx that may be needed; without it whatever the forms need. */
  readonly maxOpset?: number;
  /** Of 4-bit forms, in place of the policy's. */
  readonly block?: Block;
  /** Of 4-bit forms: zero points in the middle (default), or one for each block: 3 to 5 % larger, for skewed weights. */
  readonly symmetric?: boolean;
}

/** Codes must save at least this share of the bytes, or they are not worth their nodes. */
const LEAST_SAVING = 0.1;
/** About what two more tensors and nodes take in the file. */
const OVERHEAD_BYTES = 400;
/** Below this a kernel of its own costs more than it saves. */
const LEAST_KERNEL_ELEMENTS = 1024;

/**
 * Reads no weights. `types` tell how many rows a product has; without them few are assumed.
 * @throws UnsupportedError below opset 7.
 */
export function planWeights(
  model: Model,
  variant: WeightVariant,
  types: TypeTable | undefined,
  options: WeightOptions,
): WeightPlan {
  requireOpset(model);
  const row = WEIGHT_POLICY[variant][options.hardware];
  const { uses, refused } = findWeightUses(model);
  const nodes: PlannedWeight[] = [];
  const kept: KeptWeight[] = refused.map(({ ref, node, weights, reason }) => ({
    ...ref,
    op: node.opType,
    node: node.name,
    weights: weights.map(({ name }) => name),
    bytes: weights.reduce((sum, weight) => sum + storedByteLength(weight), 0),
    reason,
  }));
  const current = model.opsets.get('') ?? 0;
  const ceiling = Math.max(current, options.maxOpset ?? Number.POSITIVE_INFINITY);
  for (const use of uses) {
    const cell = cellFor(use, row[use.kind], types, options, ceiling);
    const planned = cell.form === 'float' ? undefined : plannedWeight(use, cell, options);
    const before = bytesBefore(use);
    if (planned && planned.bytes[1] + OVERHEAD_BYTES <= before * (1 - LEAST_SAVING))
      nodes.push(planned);
    else {
      const reason = planned
        ? `in place of ${before} bytes its codes would take ${Math.round(planned.bytes[1])} and some nodes`
        : cell.reason;
      kept.push({ ...about(use), bytes: before, reason });
    }
  }
  const opset = Math.max(current, ...nodes.map(({ form }) => FORMS[form].opset));
  return { schema: WEIGHT_PLAN_SCHEMA, variant, hardware: options.hardware, opset, nodes, kept };
}

const FOLDED = 'folded when the model is loaded';

/** The policy's cell, or another with the reason why that one cannot be. */
function cellFor(
  use: WeightUse,
  cell: Cell,
  types: TypeTable | undefined,
  options: WeightOptions,
  ceiling: number,
): Cell {
  if (cell.form === 'float') return cell;
  const why = whyNot(use, cell, types, options);
  if (why === undefined && FORMS[cell.form].opset <= ceiling) return cell;
  const reason = why ?? `${cell.form} needs opset ${FORMS[cell.form].opset}`;
  if (cell.form === 'gather-blocks' && FORMS['gather-dequantize'].opset <= ceiling)
    return { form: 'gather-dequantize', reason: `${reason}: 8 bits by column` };
  // A folded table would be a whole float32 table in memory, which is what the file had.
  return cell.form === 'folded'
    ? { form: 'float', reason }
    : { form: 'folded', reason: `${reason}: ${FOLDED}` };
}

function whyNot(
  use: WeightUse,
  cell: Cell,
  types: TypeTable | undefined,
  options: WeightOptions,
): string | undefined {
  const elements = bytesBefore(use) / 4;
  if (
    elements < LEAST_KERNEL_ELEMENTS &&
    cell.form !== 'folded' &&
    cell.form !== 'gather-dequantize'
  )
    return `it has ${elements} weights, too few for a kernel of their own`;
  switch (cell.form) {
    case 'dequantize': {
      if (typeof use.matrix === 'string') return use.matrix;
      if (isOuterWeight(use)) return OUTER_WEIGHT;
      const rows = rowsOf(use, types);
      return rows > cell.maxRows ? `it multiplies ${rows} rows at once` : undefined;
    }
    case 'dynamic':
      return typeof use.matrix === 'string' ? use.matrix : undefined;
    case 'matmul-nbits':
    case 'dequantize-blocks': {
      if (typeof use.matrix === 'string') return use.matrix;
      if (cell.form === 'dequantize-blocks' && isOuterWeight(use)) return OUTER_WEIGHT;
      const block = options.block ?? cell.block;
      return use.matrix.K < block ? `it sums over ${use.matrix.K}, less than a block` : undefined;
    }
    case 'gather-blocks': {
      const columns = use.weights[0]?.tensor.dims.at(-1) ?? 0;
      if (columns % 2 !== 0) return `its vectors have ${columns} elements, which do not fill bytes`;
      const block = options.block ?? cell.block;
      return columns < block
        ? `its vectors have ${columns} elements, less than a block`
        : undefined;
    }
    case 'dynamic-lstm':
      if (use.node.opType !== 'LSTM') return `onnxruntime has no integer ${use.node.opType}`;
      return intOf(use.node, 'layout', 0) === 0 ? undefined : 'its layout is batch first';
    case 'folded':
    case 'gather-dequantize':
    case 'float':
      return undefined;
  }
}

const OUTER_WEIGHT =
  'its weights lie in the graph around it, where onnxruntime (1.30) fails to fuse them';

/** Whether a node of a body multiplies with weights of a graph around the body. */
function isOuterWeight({ graph, node, weights }: WeightUse): boolean {
  return weights.some(
    ({ position }) => graph.resolve(node.inputs[position] ?? '')?.scope !== graph,
  );
}

/** At least so many rows are multiplied with the weights: unknown dimensions count as one. */
function rowsOf({ graph, node }: WeightUse, types: TypeTable | undefined): number {
  const type = types?.get(graph.build(), node.inputs[0] ?? '');
  if (type?.kind !== 'tensor' || !type.shape) return 1;
  return type.shape
    .slice(0, -1)
    .reduce<number>((rows, dim) => rows * (typeof dim === 'number' ? dim : 1), 1);
}

function about({ ref, node, weights }: WeightUse) {
  return {
    ...ref,
    op: node.opType,
    node: node.name,
    weights: weights.map(({ position }) => node.inputs[position] ?? ''),
  };
}

function plannedWeight(
  use: WeightUse,
  cell: Exclude<Cell, { form: 'float' }>,
  options: WeightOptions,
): PlannedWeight {
  const common = { ...about(use), reason: cell.reason };
  const before = bytesBefore(use);
  switch (cell.form) {
    case 'matmul-nbits':
    case 'gather-blocks':
    case 'dequantize-blocks': {
      const block = options.block ?? cell.block;
      // The standard form is for a target that takes no zero points.
      const symmetric = cell.form === 'dequantize-blocks' || (options.symmetric ?? true);
      return {
        ...common,
        form: cell.form,
        bits: 4,
        block,
        symmetric,
        ...(cell.form === 'matmul-nbits' ? { accuracyLevel: cell.accuracyLevel } : {}),
        bytes: [before, blockBytes(use, block, symmetric)],
      };
    }
    case 'dynamic':
    case 'dynamic-lstm':
      return {
        ...common,
        form: cell.form,
        bits: 8,
        symmetric: true,
        limits: cell.limits,
        bytes: [before, channelBytes(use)],
      };
    default:
      return {
        ...common,
        form: cell.form,
        bits: 8,
        axis: use.weights[0]?.layout.axis ?? 0,
        symmetric: true,
        bytes: [before, channelBytes(use)],
      };
  }
}

function bytesBefore({ weights }: WeightUse): number {
  return weights.reduce((sum, { tensor }) => sum + storedByteLength(tensor), 0);
}

/** A byte each, and a scale for each channel. */
function channelBytes({ weights }: WeightUse): number {
  return weights.reduce(
    (sum, { tensor, layout }) => sum + storedByteLength(tensor) / 4 + 4 * layout.channels,
    0,
  );
}

/** Half a byte each, filled up to whole blocks, and a scale and perhaps half a byte for each block. */
function blockBytes({ matrix, weights }: WeightUse, block: number, symmetric: boolean): number {
  const dims = weights[0]?.tensor.dims ?? [];
  const columns = typeof matrix === 'string' ? (dims.at(-1) ?? 0) : matrix.K;
  const rows = (weights[0] ? storedByteLength(weights[0].tensor) / 4 : 0) / columns;
  const blocks = Math.ceil(columns / block);
  return rows * (blocks * (block / 2 + 4) + (symmetric ? 0 : Math.ceil(blocks / 2)));
}
