/** Which rule an op has: one table, filled by the files beside. */
import type { Node } from '../../../onnx/model.ts';
import type { GradientRule } from '../rule.ts';
import { CONVOLUTIONS } from './conv.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { PRODUCTS } from './matmul.ts';
import { NORMALIZATIONS } from './normalize.ts';
import { POOLS } from './pool.ts';
import { REDUCTIONS } from './reduce.ts';
import { SHAPE_OPS } from './shape.ts';

/** By op type; of other domains than ai.onnx with the domain before a colon. */
export const GRADIENT_RULES: Readonly<Record<string, GradientRule>> = {
  ...ELEMENTWISE,
  ...CONVOLUTIONS,
  ...POOLS,
  ...NORMALIZATIONS,
  ...PRODUCTS,
  ...REDUCTIONS,
  ...SHAPE_OPS,
};

/** Of a node; `undefined` for an op through which nothing can be trained. */
export function ruleOf({
  opType,
  domain,
}: Pick<Node, 'opType' | 'domain'>): GradientRule | undefined {
  const key = domain === '' || domain === 'ai.onnx' ? opType : `${domain}:${opType}`;
  return Object.hasOwn(GRADIENT_RULES, key) ? GRADIENT_RULES[key] : undefined;
}
