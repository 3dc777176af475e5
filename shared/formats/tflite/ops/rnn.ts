/** Simple recurrent layers of TFLite as ONNX has them. */
import type { Builder } from '../../build/builder.ts';
import { isFixed } from '../../build/dims.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { intAttribute } from '../../tf/attributes.ts';
import { many, type TfOpTable } from '../../tf/op.ts';
import type { TfNode } from '../../tf/tf-graph.ts';
import { sequenceOf, stacked, timeMajor, zeros } from './sequence.ts';

/** Activations by TFLite's number. */
const RNN_ACTIVATIONS: Readonly<Record<number, string>> = { 1: 'Relu', 4: 'Tanh' };

function rnn(b: Builder, inputs: readonly Value[], node: TfNode): Value {
  const [given, weights, recurrent, bias] = inputs;
  const activation = RNN_ACTIVATIONS[intAttribute(node, 'activation', 0)];
  if (!given || !weights || !recurrent || !bias) throw new Unconvertible('it lacks weights');
  const [cells] = weights.sizes;
  if (!activation || !isFixed(cells))
    throw new Unconvertible('its activation is neither tanh nor relu');
  const x = timeMajor(b, given, node);
  const [y = ''] = b.node(
    'RNN',
    [
      b.hold(x),
      b.hold(stacked(b, [weights])),
      b.hold(stacked(b, [recurrent])),
      b.hold(stacked(b, [bias, zeros(b, [cells])])),
    ],
    {
      hidden_size: cells,
      activations: { type: 'strings', value: [new TextEncoder().encode(activation)] },
    },
  );
  return sequenceOf(b, y, x, cells, node);
}

export const TFLITE_RNN: TfOpTable = {
  _TfliteRnn: many(rnn),
};
