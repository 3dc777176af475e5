/** Operators that work on each element by itself. */

import { elementTypeOf } from '../model-translation.ts';
import { real, typeOf } from '../node-attributes.ts';
import type { BuiltinTable } from '../operator-translation.ts';
import { fused, isInteger, same } from './entries.ts';

export const ELEMENTWISE: BuiltinTable = {
  ADD: fused('AddV2'),
  SUB: fused('Sub'),
  MUL: fused('Mul'),
  // Whole numbers are divided towards zero.
  DIV: (o) => o.activated(o.add(isInteger(o, 0) ? 'Div' : 'RealDiv', o.inputs)),
  FLOOR_DIV: same('FloorDiv'),
  FLOOR_MOD: same('FloorMod'),
  POW: same('Pow'),
  MAXIMUM: same('Maximum'),
  MINIMUM: same('Minimum'),
  SQUARED_DIFFERENCE: same('SquaredDifference'),
  ATAN2: same('Atan2'),
  ADD_N: same('AddN'),
  ABS: same('Abs'),
  NEG: same('Neg'),
  SIGN: same('Sign'),
  FLOOR: same('Floor'),
  CEIL: same('Ceil'),
  ROUND: same('Round'),
  EXP: same('Exp'),
  LOG: same('Log'),
  SQRT: same('Sqrt'),
  RSQRT: same('Rsqrt'),
  SQUARE: same('Square'),
  SIN: same('Sin'),
  COS: same('Cos'),
  LOGISTIC: same('Sigmoid'),
  TANH: same('Tanh'),
  RELU: same('Relu'),
  RELU6: same('Relu6'),
  RELU_N1_TO_1: same('_TfliteReluN1To1'),
  RELU_0_TO_1: same('_TfliteRelu0To1'),
  ELU: same('Elu'),
  HARD_SWISH: same('_TfliteHardSwish'),
  GELU: (o) => o.add('_TfliteGelu', o.inputs, { approximate: o.options.flag('approximate') }),
  LEAKY_RELU: (o) => o.add('LeakyRelu', o.inputs, { alpha: real(o.options.number('alpha')) }),
  PRELU: same('_TflitePrelu'),
  LESS: same('Less'),
  LESS_EQUAL: same('LessEqual'),
  GREATER: same('Greater'),
  GREATER_EQUAL: same('GreaterEqual'),
  EQUAL: same('Equal'),
  NOT_EQUAL: same('NotEqual'),
  LOGICAL_AND: same('LogicalAnd'),
  LOGICAL_OR: same('LogicalOr'),
  LOGICAL_NOT: same('LogicalNot'),
  BITWISE_XOR: same('BitwiseXor'),
  RIGHT_SHIFT: same('RightShift'),
  SELECT: same('Select'),
  SELECT_V2: same('SelectV2'),
  ZEROS_LIKE: same('ZerosLike'),
  // What is cast are the integers of a quantized value.
  CAST: (o) =>
    o.add('Cast', [o.graph.held(o.index(0))], {
      SrcT: typeOf(elementTypeOf(o.tensor(0))),
      DstT: typeOf(o.outputType()),
    }),
  BITCAST: (o) =>
    o.add('Bitcast', [o.graph.held(o.index(0))], {
      T: typeOf(elementTypeOf(o.tensor(0))),
      type: typeOf(o.outputType()),
    }),
  FAKE_QUANT: (o) =>
    o.add(
      'FakeQuantWithMinMaxVars',
      [
        o.input(0),
        o.constant([o.options.number('min')], 'float32', []),
        o.constant([o.options.number('max')], 'float32', []),
      ],
      {
        num_bits: o.options.number('num_bits'),
        narrow_range: o.options.flag('narrow_range'),
      },
    ),
  BUCKETIZE: (o) =>
    o.add('Bucketize', [o.input(0)], {
      boundaries: { kind: 'list', value: o.options.numbers('boundaries').map(real) },
    }),
};
