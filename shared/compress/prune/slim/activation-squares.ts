/** How large the channels of values are on samples: the sum of squares at each position of an axis. */
import { makeNode } from '../../../onnx/make-node.ts';
import { int64Tensor } from '../../../onnx/make-tensor.ts';
import type { Model } from '../../../onnx/model.ts';
import type { SessionOptions } from '../../../runtime/session.ts';
import { foldTaps, numbersOf, type Samples } from '../../quantize/int8/statistics/fold-taps.ts';
import type { Tap } from '../../quantize/int8/statistics/tap.ts';
import type { Contraction, Trace } from './trace.ts';

/** By {@link squareKey}; of what no sample reached there is none. */
export type Squares = ReadonlyMap<string, Float64Array>;

/** Names what a contraction reads: several may read the same. */
export const squareKey = ({ node, input, axis }: Contraction): string =>
  `${axis} ${node.inputs[input] ?? ''}`;

/** Of all that sums over channels. */
export async function activationSquares(
  model: Model,
  trace: Trace,
  samples: Samples,
  options: Pick<SessionOptions, 'process' | 'signal' | 'timeoutMs'>,
): Promise<Squares> {
  const distinct = new Map(trace.contractions.map((one) => [squareKey(one), one]));
  const taps = [...distinct.values()].map((one) => squareTap(one, trace));
  const results = await foldTaps(model, taps, samples, options);
  return new Map(
    [...distinct.keys()].flatMap((key, at): [string, Float64Array][] => {
      const sums = numbersOf(results[at]);
      return sums ? [[key, sums]] : [];
    }),
  );
}

/** Sums over all axes but one. */
function squareTap({ node, input, axis, labels }: Contraction, trace: Trace): Tap {
  const name = node.inputs[input] ?? '';
  const others = (trace.axesOf(name) ?? []).flatMap((_, at) => (at === axis ? [] : [at]));
  return {
    ref: { scope: '', name },
    fold: 'sum',
    dims: [labels.length],
    build: (graph, value) => {
      const square = graph.freshName(`${value}_square`);
      const axes = int64Tensor(graph.freshName('axes'), [others.length], others);
      const sum = graph.freshName(`${value}_sum`);
      return [
        makeNode('Mul', [value, value], [square]),
        makeNode('ReduceSum', [square, graph.addInitializer(axes)], [sum], { keepdims: 0 }),
      ];
    },
  };
}
