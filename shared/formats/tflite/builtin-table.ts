/** Every TFLite operator that has a translation, by family. */
import { CUSTOM } from './builtin-names.ts';
import { CONTROL_FLOW } from './builtins/control-flow.ts';
import { CONVOLUTION } from './builtins/convolution.ts';
import { CUSTOM_OPERATORS } from './builtins/custom.ts';
import { ELEMENTWISE } from './builtins/elementwise.ts';
import { GATHER } from './builtins/gather.ts';
import { QUANTIZATION } from './builtins/quantization.ts';
import { RECURRENT } from './builtins/recurrent.ts';
import { REDUCTION } from './builtins/reduction.ts';
import { SHAPE } from './builtins/shape.ts';
import { VARIABLES } from './builtins/variables.ts';
import type { Builtin, BuiltinTable } from './operator-translation.ts';
import type { TfliteOperator } from './tflite-model.ts';

/** Builtins; a test holds that none stands in two families. */
export const BUILTINS: Readonly<Record<string, BuiltinTable>> = {
  elementwise: ELEMENTWISE,
  convolution: CONVOLUTION,
  reduction: REDUCTION,
  shape: SHAPE,
  gather: GATHER,
  quantization: QUANTIZATION,
  recurrent: RECURRENT,
  'control flow': CONTROL_FLOW,
  variables: VARIABLES,
};

const BY_NAME = new Map(Object.values(BUILTINS).flatMap((table) => Object.entries(table)));
const CUSTOM_BY_NAME = new Map(Object.entries(CUSTOM_OPERATORS));

/** `undefined` when there is none. */
export const builtinOf = ({ op, custom }: TfliteOperator): Builtin | undefined =>
  op === CUSTOM ? CUSTOM_BY_NAME.get(custom) : BY_NAME.get(op);
