/** Shapes that many entries of the builtin tables have. */
import type { Builtin, OperatorTranslation } from '../operator-translation.ts';

/** The TensorFlow op of the same inputs and meaning, without options. */
export const same =
  (op: string): Builtin =>
  (o) =>
    o.add(op, o.inputs);

/** Likewise, behind it the activation that the operator has fused. */
export const fused =
  (op: string): Builtin =>
  (o) =>
    o.activated(o.add(op, o.inputs));

/** Likewise, with as many outputs as the operator has. */
export const sameOutputs =
  (op: string): Builtin =>
  (o) =>
    everyOutput(o, o.add(op, o.inputs));

/** The references of a node's outputs, one for each of the operator's. */
export const everyOutput = (o: OperatorTranslation, node: string): readonly string[] =>
  o.operator.outputs.map((_, place) => `${node}:${place}`);

/** Whether an input is of whole numbers that stand for themselves. */
export const isInteger = (o: OperatorTranslation, place: number): boolean => {
  const { type, quantization } = o.tensor(place);
  return /^u?int/.test(type) && quantization === undefined;
};
