/** Which rule an op has: one table, filled by the files beside. */
import type { Node } from '../../../onnx/model.ts';
import type { GradientRule } from '../rule.ts';
import { ACTIVATIONS } from './activation.ts';
import { CONVOLUTIONS } from './conv.ts';
import { EINSUMS } from './einsum.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { TRANSFORMS } from './fourier.ts';
import { INDEXING } from './indexing.ts';
import { PRODUCTS } from './matmul.ts';
import { NORMALIZATIONS } from './normalize.ts';
import { POOLS } from './pool.ts';
import { QUANTIZERS } from './quantize.ts';
import { RECURRENT } from './recurrent.ts';
import { REDUCTIONS } from './reduce.ts';
import { RESIZES } from './resize.ts';
import { SCANS } from './scan.ts';
import { SHAPE_OPS } from './shape.ts';

/**
 * Rules by what their ops do; the key is the op type, of other domains than ai.onnx with the domain before a colon.
 * docs/training-ops.md lists them.
 */
export const RULE_FAMILIES: Readonly<Record<string, Readonly<Record<string, GradientRule>>>> = {
  'Arithmetic and functions': ELEMENTWISE,
  Activations: ACTIVATIONS,
  Convolutions: CONVOLUTIONS,
  Products: { ...PRODUCTS, ...EINSUMS, ...TRANSFORMS },
  Pools: POOLS,
  Normalizations: NORMALIZATIONS,
  'Reductions and Softmax': REDUCTIONS,
  'Shapes and copies': { ...SHAPE_OPS, ...RESIZES },
  'Elements by their places': INDEXING,
  Recurrence: { ...RECURRENT, ...SCANS },
  Quantizers: QUANTIZERS,
};

/** All of them. */
export const GRADIENT_RULES: Readonly<Record<string, GradientRule>> = Object.assign(
  {},
  ...Object.values(RULE_FAMILIES),
);

/** Of a node; `undefined` for an op through which nothing can be trained. */
export function ruleOf({
  opType,
  domain,
}: Pick<Node, 'opType' | 'domain'>): GradientRule | undefined {
  const key = domain === '' || domain === 'ai.onnx' ? opType : `${domain}:${opType}`;
  return Object.hasOwn(GRADIENT_RULES, key) ? GRADIENT_RULES[key] : undefined;
}
