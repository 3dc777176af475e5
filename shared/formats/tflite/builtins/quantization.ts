/** Operators that change how a tensor is stored, not what it stands for. */
import { asFloat32, storedConstant } from '../constants.ts';
import { isQuantized } from '../graph-translation.ts';
import { typeOf } from '../node-attributes.ts';
import type { BuiltinTable } from '../operator-translation.ts';

export const QUANTIZATION: BuiltinTable = {
  // Weights in float16 become float32 when they are written.
  DEQUANTIZE: (o) => {
    const index = o.index(0);
    const tensor = o.tensor(0);
    if (isQuantized(tensor)) return o.input(0);
    if (!o.graph.isConstant(index))
      return o.add('Cast', [o.input(0)], { DstT: typeOf(o.outputType()) });
    o.graph.setConstant(o.operator.outputs[0] ?? -1, asFloat32(o.graph.constant(index)));
    return [];
  },
  // Rounding to the new integers is what becomes of every quantized result.
  QUANTIZE: (o) => o.input(0),
  DENSIFY: (o) => {
    o.graph.setConstant(o.operator.outputs[0] ?? -1, storedConstant(o.tensor(0)));
    return [];
  },
};
