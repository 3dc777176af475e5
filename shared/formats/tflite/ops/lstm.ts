/** Long short-term memory of TFLite as ONNX has it. */
import type { Builder } from '../../build/builder.ts';
import { isFixed } from '../../build/dims.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { boolAttribute, intAttribute } from '../../tf/attributes.ts';
import { many, type TfOpTable } from '../../tf/op.ts';
import type { TfNode } from '../../tf/tf-graph.ts';
import { negated, sequenceOf, stacked, timeMajor, zeros } from './sequence.ts';

/** Gates in TFLite's order (input, forget, cell, output) as ONNX has them: input, output, forget, cell. */
const ONNX_GATES = [0, 3, 1, 2];

/** Peepholes input, forget, output as ONNX has them: input, output, forget. */
const ONNX_PEEPHOLES = [0, 2, 1];

/** Parts of each kind, one for each gate that the file has; without an input gate one less. */
interface Parts {
  readonly input: readonly Value[];
  readonly recurrent: readonly Value[];
  readonly biases: readonly Value[];
  readonly peepholes: readonly Value[];
}

function partsOf(weights: readonly Value[], node: TfNode): Parts {
  const gates = boolAttribute(node, 'coupled') ? 3 : 4;
  const biases = intAttribute(node, 'biases', 0);
  const peepholes = intAttribute(node, 'peepholes', 0);
  if (weights.length !== 2 * gates + biases + peepholes)
    throw new Unconvertible('some of its weights are missing');
  return {
    input: weights.slice(0, gates),
    recurrent: weights.slice(gates, 2 * gates),
    biases: weights.slice(2 * gates, 2 * gates + biases),
    peepholes: weights.slice(2 * gates + biases),
  };
}

/** Input, weights of the input, of the output before, biases, peepholes. Gives the sequence of outputs. */
function lstm(b: Builder, [given, ...weights]: readonly Value[], node: TfNode): Value {
  const { input, recurrent, biases, peepholes } = partsOf(weights, node);
  const [cells, features] = input.at(-1)?.sizes ?? [];
  if (given?.rank !== 3 || !isFixed(cells) || !isFixed(features))
    throw new Unconvertible('its weights have a free size');
  const haveSizes = (parts: readonly Value[], ...sizes: readonly number[]): boolean =>
    parts.every((part) => part.sizes.join() === sizes.join());
  const isFitting =
    haveSizes(input, cells, features) &&
    haveSizes(recurrent, cells, cells) &&
    haveSizes([...biases, ...peepholes], cells);
  if (!isFitting) throw new Unconvertible('its weights do not fit its cells');
  const isCoupled = boolAttribute(node, 'coupled');
  const placed = (parts: readonly Value[], order: readonly number[]): readonly Value[] => {
    // A coupled input gate is 1 minus the forget gate: a sigmoid of the same sum with its sign changed.
    const [forget] = parts;
    const all = isCoupled && forget ? [negated(b, forget), ...parts] : parts;
    return order.flatMap((gate) => all[gate] ?? []);
  };
  const hold = (parts: readonly Value[]): string =>
    parts.length === 0 ? '' : b.hold(stacked(b, parts));
  const x = timeMajor(b, given, node);
  const bias = biases.length === 0 ? [] : [...placed(biases, ONNX_GATES), zeros(b, [4 * cells])];
  const [y = ''] = b.node(
    'LSTM',
    [
      b.hold(x),
      hold(placed(input, ONNX_GATES)),
      hold(placed(recurrent, ONNX_GATES)),
      hold(bias),
      '',
      '',
      '',
      hold(placed(peepholes, ONNX_PEEPHOLES)),
    ],
    { hidden_size: cells, ...(boolAttribute(node, 'reverse') && { direction: 'reverse' }) },
  );
  return sequenceOf(b, y, x, cells, node);
}

export const TFLITE_LSTM: TfOpTable = {
  _TfliteLstm: many(lstm),
};
