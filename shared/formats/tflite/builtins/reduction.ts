/** Operators over axes: sums, maxima, normalizations. */
import { real, typeOf } from '../node-attributes.ts';
import type { Builtin, BuiltinTable } from '../operator-translation.ts';
import { sameOutputs } from './entries.ts';

const reducer =
  (op: string): Builtin =>
  (o) =>
    o.add(op, [o.input(0), o.input(1)], { keep_dims: o.options.flag('keep_dims') });

const place =
  (op: string): Builtin =>
  (o) =>
    o.add(op, [o.input(0), o.input(1)], { output_type: typeOf(o.outputType()) });

export const REDUCTION: BuiltinTable = {
  MEAN: reducer('Mean'),
  SUM: reducer('Sum'),
  REDUCE_PROD: reducer('Prod'),
  REDUCE_MAX: reducer('Max'),
  REDUCE_MIN: reducer('Min'),
  REDUCE_ANY: reducer('Any'),
  REDUCE_ALL: reducer('All'),
  ARG_MAX: place('ArgMax'),
  ARG_MIN: place('ArgMin'),
  TOPK_V2: sameOutputs('TopKV2'),
  CUMSUM: (o) =>
    o.add('Cumsum', o.inputs, {
      exclusive: o.options.flag('exclusive'),
      reverse: o.options.flag('reverse'),
    }),
  SOFTMAX: (o) => {
    const beta = o.options.number('beta');
    const x = o.input(0);
    const scaled = beta === 1 ? x : o.add('Mul', [x, o.constant([beta], 'float32', [])]);
    return o.add('Softmax', [scaled]);
  },
  LOG_SOFTMAX: (o) => o.add('LogSoftmax', [o.input(0)]),
  L2_NORMALIZATION: (o) => o.activated(o.add('_TfliteL2Normalization', [o.input(0)])),
  LOCAL_RESPONSE_NORMALIZATION: (o) =>
    o.add('LRN', [o.input(0)], {
      depth_radius: o.options.number('radius'),
      bias: real(o.options.number('bias')),
      alpha: real(o.options.number('alpha')),
      beta: real(o.options.number('beta')),
    }),
};
