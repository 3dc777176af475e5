/** Ops that work on each element by itself. */
import { clip, leakyRelu } from '../../build/activation.ts';
import { arithmetic, comparison, unary } from '../../build/elementwise.ts';
import { floatAttribute } from '../attributes.ts';
import { one, type TfOp, type TfOpTable, two } from '../op.ts';

/** An ONNX op of the same meaning. */
const direct = (op: string): TfOp => one((b, x) => unary(b, op, x));

/** Of two inputs, broadcast against each other. */
const binary = (op: string): TfOp => two((b, x, y) => arithmetic(b, op, x, y));

const compare = (op: string): TfOp => two((b, x, y) => comparison(b, op, x, y));

export const ELEMENTWISE: TfOpTable = {
  Relu: direct('Relu'),
  Relu6: one((b, x) => clip(b, x, 0, 6)),
  LeakyRelu: one((b, x, node) => leakyRelu(b, x, floatAttribute(node, 'alpha', 0.2))),
  AddV2: binary('Add'),
  Less: compare('Less'),
};
