/**
 * Weights that are rounded whenever the model runs, and trained all the same.
 *
 *     step = scale · Clip(factor)      scale constant, factor trained, one of each for a channel
 *     rounded = step · DQ(Q(Clip(weight / step)))
 *
 * Between Q and DQ, whose own scale is 1, the gradient goes straight through. So that of the weight is the
 * rounded weight's where it was not clipped, and that of the factor is what learned step sizes take (Esser et al.,
 * 2020, arXiv:1902.08153), by the rules of Mul, Div and Clip alone. The step is a factor of a constant because
 * optimizers like Adam move everything by the same absolute size: of 1 that is little, of a step of 0.01 far too
 * much.
 */
import { DefectError } from '../../../base/errors.ts';
import type { GraphEditor } from '../../../onnx/graph-editor.ts';
import { makeNode } from '../../../onnx/make-node.ts';
import { float32Tensor, rawTensor } from '../../../onnx/make-tensor.ts';
import type { Node } from '../../../onnx/model.ts';
import type { StoredTensor } from '../../../onnx/stored-tensor.ts';
import { floatValues } from '../../../onnx/tensor-data.ts';
import { addNamed } from '../int8/integer-weights.ts';
import { type Codes, roundHalfEven } from '../int8/numbers/range.ts';

/** Beyond these the training has failed; they keep steps away from 0. */
const FACTORS: Codes = { low: 0.25, high: 4 };

/** How the weights of a node are rounded. */
export interface RoundedGrid {
  readonly codes: Codes;
  /** One for each channel along `axis`. */
  readonly scales: Float32Array;
  readonly axis: number;
}

/** Adds the nodes before `before`; `rounded` is what they give, and `weight` an initializer of `dims`. */
export function addRoundedWeights(
  graph: GraphEditor,
  before: Node,
  weight: string,
  dims: readonly number[],
  { codes, scales, axis }: RoundedGrid,
  rounded: string,
): void {
  const perChannel = dims.map((dim, index) => (index === axis ? dim : 1));
  const add = (suffix: string, tensor: StoredTensor): string =>
    addNamed(graph, `${rounded}_${suffix}`, tensor);
  const scalar = (suffix: string, value: number): string =>
    add(suffix, float32Tensor('', [], [value]));
  const value = (suffix: string): string => graph.freshName(`${rounded}_${suffix}`);
  const scale = add('scale', float32Tensor('', perChannel, scales));
  const factor = add(
    'factor',
    float32Tensor(
      '',
      perChannel,
      scales.map(() => 1),
    ),
  );
  const grid = [scalar('one', 1), add('zero', rawTensor('', 'int8', [], Uint8Array.of(0)))];
  const names = ['bounded', 'step', 'units', 'clipped', 'codes', 'whole'].map(value);
  const [bounded = '', step = '', units = '', clipped = '', quantized = '', whole = ''] = names;
  const bounds = [scalar('least', FACTORS.low), scalar('most', FACTORS.high)];
  const ends = [scalar('low', codes.low), scalar('high', codes.high)];
  graph.insertBefore(
    before,
    makeNode('Clip', [factor, ...bounds], [bounded]),
    makeNode('Mul', [scale, bounded], [step]),
    makeNode('Div', [weight, step], [units]),
    makeNode('Clip', [units, ...ends], [clipped]),
    makeNode('QuantizeLinear', [clipped, ...grid], [quantized]),
    makeNode('DequantizeLinear', [quantized, ...grid], [whole]),
    makeNode('Mul', [whole, step], [rounded]),
  );
}

/** What {@link addRoundedWeights} added, as it is now. */
export interface FoundWeights {
  /** Names of initializers. */
  readonly weight: string;
  readonly factor: string;
  readonly codes: Codes;
  /** Products of the scales and the factors. */
  readonly scales: Float32Array;
  /** Nodes that are of no use without the rounded weights. */
  readonly nodes: readonly Node[];
}

/** @throws DefectError where the graph does not hold such weights under this name */
export function findRoundedWeights(graph: GraphEditor, rounded: string): FoundWeights {
  const node = (name: string | undefined, opType: string): Node => {
    const producer = graph.producer(name ?? '');
    if (producer?.opType !== opType)
      throw new DefectError(`the training form has no ${opType} where '${rounded}' is computed`);
    return producer;
  };
  const values = (name: string | undefined): Float32Array => {
    const tensor = graph.constant(name ?? '');
    if (!tensor) throw new DefectError(`'${name}' of '${rounded}' is no constant`);
    return floatValues(tensor);
  };
  const last = node(rounded, 'Mul');
  const dequantize = node(last.inputs[0], 'DequantizeLinear');
  const quantize = node(dequantize.inputs[0], 'QuantizeLinear');
  const clip = node(quantize.inputs[0], 'Clip');
  const divide = node(clip.inputs[0], 'Div');
  const step = node(divide.inputs[1], 'Mul');
  const bound = node(step.inputs[1], 'Clip');
  const [low = 0, high = 0] = clip.inputs.slice(1).map((name) => values(name)[0] ?? 0);
  const factors = values(bound.inputs[0]);
  return {
    weight: divide.inputs[0] ?? '',
    factor: bound.inputs[0] ?? '',
    codes: { low, high },
    scales: values(step.inputs[0]).map(
      (scale, row) => scale * Math.min(FACTORS.high, Math.max(FACTORS.low, factors[row] ?? 1)),
    ),
    nodes: [last, dequantize, quantize, clip, divide, step, bound],
  };
}

/** The codes of a matrix [rows, columns] with a scale a row, as the training form computes them. */
export function codesOf(
  values: Float32Array,
  scales: Float32Array,
  { low, high }: Codes,
): Int8Array {
  const columns = values.length / scales.length;
  return Int8Array.from(values, (value, at) => {
    // Both roundings are float32's, as in the graph.
    const units = Math.fround(value / (scales[Math.floor(at / columns)] ?? 1));
    return roundHalfEven(Math.min(high, Math.max(low, units)));
  });
}
