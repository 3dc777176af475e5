import { expect, it } from 'vitest';
import { Checkpoint } from '../../../shared/formats/saved-model/checkpoint.ts';
import type { Origin } from '../../../shared/formats/saved-model/initial-values.ts';
import { isVariable, variableNode } from '../../../shared/formats/saved-model/variables.ts';
import { Budget } from '../../../shared/formats/tf/proto/budget.ts';
import { readNode } from '../../../shared/formats/tf/proto/node.ts';
import { UNAVAILABLE_REASON } from '../../../shared/formats/tf/proto/unavailable.ts';
import { float32Tensor } from '../../../shared/onnx/make-tensor.ts';
import { attribute, node, readerOf } from '../tf/proto/_wire.ts';
import { modelFolder } from './_models.ts';

/** Holds `dense/kernel` and `dense/bias`. */
const open = () =>
  new Checkpoint(`${modelFolder('tf1_variables')}/variables/variables`, new Budget('v'));

const variable = (name: string, ...attributes: Uint8Array[]) =>
  readNode(readerOf(node(`${name} = VarHandleOp()`, ...attributes)));

function convert(
  raw: ReturnType<typeof variable>,
  more: {
    origin?: Origin;
    keys?: ReadonlyMap<string, string>;
    changing?: boolean;
    without?: boolean;
  } = {},
): string {
  using checkpoint = open();
  const made = variableNode(raw, {
    checkpoint: more.without ? undefined : checkpoint,
    origins: new Map(more.origin ? [[raw.name, more.origin]] : []),
    keysByName: () => more.keys ?? new Map(),
    changing: new Set(more.changing ? [raw.name] : []),
  });
  if (made.refusal) return `${made.op}: ${made.refusal.reason}`;
  const value = made.attributes.get('value');
  const reason = made.attributes.get(UNAVAILABLE_REASON);
  if (reason?.kind === 'string') return reason.value;
  return value?.kind === 'tensor' ? `${made.op} ${value.value.type} [${value.value.dims}]` : '';
}

it.each<[string, string, Parameters<typeof convert>]>([
  [
    'what restores it',
    'Const float32 [4,3]',
    [variable('v'), { origin: { kind: 'checkpoint', key: 'dense/kernel', slice: undefined } }],
  ],
  [
    'a constant',
    'Const float32 [2]',
    [variable('v'), { origin: { kind: 'constant', tensor: float32Tensor('', [2], [1, 2]) } }],
  ],
  ['its own name', 'Const float32 [3]', [variable('dense/bias')]],
  [
    'its shared name',
    'Const float32 [3]',
    [variable('v', attribute.text('shared_name', 'dense/bias'))],
  ],
  [
    'the graph of objects',
    'Const float32 [4,3]',
    [variable('v'), { keys: new Map([['v', 'dense/kernel']]) }],
  ],
  ['nothing', 'its value is not in the checkpoint', [variable('v')]],
  [
    'no checkpoint',
    'its value is not in the checkpoint',
    [variable('dense/bias'), { without: true }],
  ],
  [
    'a value of another type',
    'it is int32, and the checkpoint has float32',
    [variable('dense/bias', attribute.type('dtype', 3))],
  ],
  [
    'a value of other sizes',
    'it is [5], and the checkpoint has [3]',
    [variable('dense/bias', attribute.shape('shape', 5))],
  ],
  [
    'a value of one of its free sizes',
    'Const float32 [3]',
    [variable('dense/bias', attribute.shape('shape', -1))],
  ],
  [
    'a variable that changes',
    'Const: it is changed while the model runs: an ONNX model keeps nothing between two runs',
    [variable('dense/bias'), { changing: true }],
  ],
  [
    'a value that changes, and is nowhere',
    'it is changed while the model runs: an ONNX model keeps nothing between two runs',
    [variable('v'), { changing: true }],
  ],
])('a value from %s', (_, wanted, given) => expect(convert(...given)).toBe(wanted));

it('knows variables by their ops', () => {
  expect(['VarHandleOp', 'VariableV2', 'Const'].map((op) => isVariable({ op }))).toEqual([
    true,
    true,
    false,
  ]);
});
