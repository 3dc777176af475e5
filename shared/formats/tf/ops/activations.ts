/** Activation functions. */
import { clip, elu, leakyRelu } from '../../build/activation.ts';
import type { Builder } from '../../build/builder.ts';
import { arithmetic, unary } from '../../build/elementwise.ts';
import { alongAxis } from '../../build/reduce.ts';
import type { Value } from '../../build/value.ts';
import { floatAttribute } from '../attributes.ts';
import { one, type TfOp, type TfOpTable } from '../op.ts';

const direct = (op: string): TfOp => one((b, x) => unary(b, op, x));

/** onnxruntime has Relu for few integers, and Max for all. */
const relu = (b: Builder, x: Value): Value =>
  x.type.includes('float') ? unary(b, 'Relu', x) : arithmetic(b, 'Max', x, b.scalar(0, x.type));

export const ACTIVATIONS: TfOpTable = {
  Relu: one(relu),
  Relu6: one((b, x) => clip(b, x, 0, 6)),
  LeakyRelu: one((b, x, node) => leakyRelu(b, x, floatAttribute(node, 'alpha', 0.2))),
  Elu: one((b, x) => elu(b, x, 1)),
  Selu: direct('Selu'),
  Sigmoid: direct('Sigmoid'),
  Tanh: direct('Tanh'),
  Softplus: direct('Softplus'),
  Softsign: direct('Softsign'),
  Softmax: one((b, x) => alongAxis(b, 'Softmax', x)),
  LogSoftmax: one((b, x) => alongAxis(b, 'LogSoftmax', x)),
};
