/** Activation functions. */
import { clip, elu, leakyRelu } from '../../build/activation.ts';
import { unary } from '../../build/elementwise.ts';
import { alongAxis } from '../../build/reduce.ts';
import { floatAttribute } from '../attributes.ts';
import { one, type TfOp, type TfOpTable } from '../op.ts';

const direct = (op: string): TfOp => one((b, x) => unary(b, op, x));

export const ACTIVATIONS: TfOpTable = {
  Relu: direct('Relu'),
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
