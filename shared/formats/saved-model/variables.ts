/** Variables as the constants that the model computes with. */
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { Unconvertible } from '../build/unconvertible.ts';
import type { RawNode } from '../tf/proto/node.ts';
import { UNAVAILABLE_REASON, VARIABLE_HINT } from '../tf/proto/unavailable.ts';
import type { TfNode } from '../tf/tf-graph.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Origin } from './initial-values.ts';

const VARIABLES = new Set(['VarHandleOp', 'VariableV2', 'Variable']);

export const isVariable = ({ op }: Pick<TfNode, 'op'>): boolean => VARIABLES.has(op);

/** What {@link variableNode} needs to know of all variables. */
export interface Values {
  readonly checkpoint: Checkpoint | undefined;
  /** What is set on loading, by node. */
  readonly origins: ReadonlyMap<string, Origin | undefined>;
  /** Keys of the checkpoint by the names of variables, where nothing restores them. */
  readonly keysByName: () => ReadonlyMap<string, string>;
  /** Nodes of variables that change while the model runs and are read. */
  readonly changing: ReadonlySet<string>;
}

/**
 * A constant with the value of the variable; the node itself, with a reason, when there is none. One that changes is
 * refused, and has the value that it begins with: other troubles of the graph show behind it.
 */
export function variableNode(node: RawNode, values: Values): TfNode {
  const isChanging = values.changing.has(node.name);
  const refused = (reason: string) => unavailable(node, isChanging ? CHANGING : reason);
  try {
    const tensor = tensorOf(node, values);
    if (!tensor) return refused('its value is not in the checkpoint');
    const misfit = misfitOf(node, tensor);
    if (misfit !== undefined) return refused(misfit);
    const attributes = new Map([['value', { kind: 'tensor', value: tensor } as const]]);
    return {
      name: node.name,
      op: 'Const',
      inputs: [],
      attributes,
      ...(isChanging && {
        kind: node.op,
        refusal: { reason: CHANGING, hint: VARIABLE_HINT },
      }),
    };
  } catch (error) {
    if (error instanceof Unconvertible) return refused(error.message);
    throw error;
  }
}

const CHANGING = 'it is changed while the model runs: an ONNX model keeps nothing between two runs';

function tensorOf(node: RawNode, values: Values): StoredTensor | undefined {
  const { checkpoint, origins, keysByName } = values;
  const origin = origins.get(node.name);
  if (origin?.kind === 'constant') return origin.tensor;
  if (origin?.kind === 'checkpoint') return checkpoint?.tensor(origin.key, origin.slice);
  if (!checkpoint) return undefined;
  const shared = node.attributes.get('shared_name');
  for (const name of [shared?.kind === 'string' ? shared.value : '', node.name]) {
    if (name === '') continue;
    const key = checkpoint.has(name) ? name : keysByName().get(name);
    if (key !== undefined) return checkpoint.tensor(key);
  }
  return undefined;
}

/** Why the tensor is not what the variable declares to hold: the checkpoint is of another model. */
function misfitOf({ attributes }: RawNode, { type, dims }: StoredTensor): string | undefined {
  const dtype = attributes.get('dtype');
  if (dtype?.kind === 'type' && dtype.value !== type)
    return `it is ${dtype.value}, and the checkpoint has ${type}`;
  const shape = attributes.get('shape');
  const declared = shape?.kind === 'shape' ? shape.value : null;
  const fits =
    declared === null ||
    (declared.length === dims.length &&
      declared.every((size, axis) => size === null || size === dims[axis]));
  return fits ? undefined : `it is [${declared}], and the checkpoint has [${dims}]`;
}

/** The node as it is, with the reason why there is nothing better. */
export const unavailable = (node: RawNode, reason: string): TfNode => ({
  name: node.name,
  op: node.op,
  inputs: [],
  attributes: new Map([[UNAVAILABLE_REASON, { kind: 'string', value: reason }]]),
});
