/** Activations inside of LSTM, GRU and RNN: their values, and what flows back through them. */
import { floatsOf } from '../../../onnx/attributes.ts';
import { floatAttribute, makeNode } from '../../../onnx/make-node.ts';
import type { Node } from '../../../onnx/model.ts';
import type { Backward } from '../backward.ts';
import { NoGradient } from '../rule.ts';
import { ACTIVATIONS } from './activation.ts';
import { plus, times } from './arithmetic.ts';

/** One activation of one direction. */
export interface Activation {
  readonly name: string;
  readonly alpha: number;
  readonly beta: number;
}

/** An activated value. */
export interface Activated {
  readonly value: string;
  /** The gradient by what was activated, of one by the value. */
  readonly through: (gradient: string) => string;
}

/** Parameters where none are given: alpha, and beta of those that have one. Source: the operators of these names. */
const DEFAULTS: Readonly<Record<string, { readonly alpha?: number; readonly beta?: number }>> = {
  Sigmoid: {},
  Tanh: {},
  Relu: {},
  Softsign: {},
  Softplus: {},
  LeakyRelu: { alpha: 0.01 },
  ThresholdedRelu: { alpha: 1 },
  Elu: { alpha: 1 },
  HardSigmoid: { alpha: 0.2, beta: 0.5 },
  Affine: { alpha: 1, beta: 0 },
  ScaledTanh: { alpha: 1, beta: 1 },
};

/** By direction; `fallback` for one of them. @throws NoGradient for one that has no slope here */
export function activationsOf(node: Node, fallback: readonly string[], directions: number) {
  const attribute = node.attributes.get('activations');
  const given =
    attribute?.type === 'strings'
      ? attribute.value.map((bytes) => new TextDecoder().decode(bytes))
      : Array.from({ length: directions }, () => fallback).flat();
  // Only activations that have parameters take one from these lists.
  const [alphas, betas] = ['activation_alpha', 'activation_beta'].map((name) => [
    ...(floatsOf(node, name) ?? []),
  ]);
  const all = given.map((name): Activation => {
    const defaults = DEFAULTS[name];
    if (!defaults) throw new NoGradient(`${node.opType} with ${name}`);
    const alpha = defaults.alpha === undefined ? undefined : alphas?.shift();
    const beta = defaults.beta === undefined ? undefined : betas?.shift();
    return { name, alpha: alpha ?? defaults.alpha ?? 0, beta: beta ?? defaults.beta ?? 0 };
  });
  return Array.from({ length: directions }, (_, at) =>
    all.slice(at * fallback.length, (at + 1) * fallback.length),
  );
}

/** The value, and the way back. */
export function activate(back: Backward, activation: Activation | undefined, x: string): Activated {
  const { name, alpha, beta } = activation ?? { name: 'Tanh', alpha: 0, beta: 0 };
  // α x + β and α tanh(β x) are no ops of their own.
  if (name === 'Affine') {
    const value = plus(back, times(back, x, back.scalar(alpha)), back.scalar(beta));
    return { value, through: (gradient) => times(back, gradient, back.scalar(alpha)) };
  }
  if (name === 'ScaledTanh') {
    const inner = activate(
      back,
      { name: 'Tanh', alpha: 0, beta: 0 },
      times(back, x, back.scalar(beta)),
    );
    return {
      value: times(back, inner.value, back.scalar(alpha)),
      through: (gradient) => times(back, inner.through(gradient), back.scalar(alpha * beta)),
    };
  }
  const { alpha: hasAlpha, beta: hasBeta } = DEFAULTS[name] ?? {};
  const attributes = {
    alpha: hasAlpha === undefined ? undefined : floatAttribute(alpha),
    beta: hasBeta === undefined ? undefined : floatAttribute(beta),
  };
  const value = back.emit(name, [x], back.shapeOf(x), { attributes });
  const node = makeNode(name, [x], [value], attributes);
  const rule = ACTIVATIONS[name];
  const through = (gradient: string): string => {
    const none = (): undefined => undefined;
    const nested = (): never => {
      throw new NoGradient(`${name} with a body`);
    };
    const asked = { needs: () => true, constant: none, constantType: none, nested };
    return rule?.({ node, opset: 0, back, gradients: [gradient], ...asked })[0] ?? gradient;
  };
  return { value, through };
}
