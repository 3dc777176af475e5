/** com.microsoft.DynamicQuantizeLSTM: weights int8 with one scale a gate's row, laid out [directions, inputs, 4 · hidden]. */
import { makeNode } from '../../../../onnx/make-node.ts';
import { bytesOf, computedTensor, rawTensor } from '../../../../onnx/make-tensor.ts';
import type { UsedWeight } from '../find-weight-uses.ts';
import { quantizeRows } from '../kernels/int8-rows.ts';
import { sharedResult } from '../shared-result.ts';
import type { FormContext } from './form.ts';

/** Replaces the LSTM; its attributes stay, but for `layout`, which has to be 0. */
export function applyDynamicLstm(context: FormContext): void {
  const { graph, node, use } = context;
  const [input, recurrent] = use.weights;
  if (!input || !recurrent) return;
  const W = quantized(context, input);
  const R = quantized(context, recurrent);
  const rest = Array.from({ length: 5 }, (_, index) => node.inputs[3 + index] ?? '');
  const attributes = new Map(node.attributes);
  attributes.delete('layout');
  graph.replace(node, {
    ...makeNode(
      'com.microsoft:DynamicQuantizeLSTM',
      [
        node.inputs[0] ?? '',
        W.codes,
        R.codes,
        ...rest,
        W.scales,
        W.zeroPoints,
        R.scales,
        R.zeroPoints,
      ],
      node.outputs,
      {},
      node.name,
    ),
    attributes,
  });
}

function quantized(
  context: FormContext,
  weight: UsedWeight,
): { readonly codes: string; readonly scales: string; readonly zeroPoints: string } {
  const { limits } = context.planned;
  const [directions = 1, gates = 0, inputs = 0] = weight.tensor.dims;
  if (!limits) return { codes: '', scales: '', zeroPoints: '' };
  const key = `lstm ${limits.highest} ${limits.pairSum}`;
  const [codes = '', scales = '', zeroPoints = ''] = context.weights.get(
    context,
    weight,
    key,
    (place) => {
      const shape = { rows: directions * gates, columns: inputs, transposed: false };
      const part = sharedResult(['codes', 'scales'], () =>
        quantizeRows(weight.tensor, shape, limits, directions),
      );
      return [
        place.add(
          computedTensor(
            place.name('int8'),
            'int8',
            [directions, inputs, gates],
            () => bytesOf(part('codes').codes),
            [weight.tensor],
          ),
        ),
        place.add(
          computedTensor(
            place.name('scale'),
            'float32',
            [directions, gates],
            () => bytesOf(part('scales').scales),
            [weight.tensor],
          ),
        ),
        place.add(
          rawTensor(
            place.name('zp'),
            'int8',
            [directions, gates],
            new Uint8Array(directions * gates),
          ),
        ),
      ];
    },
  );
  return { codes, scales, zeroPoints };
}
