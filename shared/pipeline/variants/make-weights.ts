/** `int8-dynamic`, `int8-weights` and `int4`: weights in codes, by a plan that needs no data. See make-int4.ts for `int4` with data. */
import { DefectError, UnsupportedError } from '../../base/errors.ts';
import type { WeightVariant } from '../../compress/quantize/policy.ts';
import { applyWeightPlan } from '../../compress/quantize/weights/apply-weights.ts';
import { planWeights } from '../../compress/quantize/weights/plan-weights.ts';
import type { WeightPlan } from '../../compress/quantize/weights/weight-plan.ts';
import type { Model } from '../../onnx/model.ts';
import type { KeptNode } from '../../report/schema.ts';
import { inferTypes } from '../../runtime/infer-types.ts';
import type { CompressInput } from '../steps/compress.ts';

const VARIANTS: readonly WeightVariant[] = ['int8-dynamic', 'int8-weights', 'int4'];

/** Ops of which a kernel reads weights in 4 bits. */
const IN_FOUR_BITS = ['MatMul', 'Gemm', 'Gather'];

/** More nodes than these in a report are read by nobody; the plan has them all. */
const LISTED_KEPT = 100;

/** Reads no weights. @throws UnsupportedError when there is nothing to do */
export async function makeWeights(
  model: Model,
  { variant, hardware, opset }: Pick<CompressInput, 'variant' | 'hardware' | 'opset'>,
) {
  const known = VARIANTS.find((name) => name === variant);
  if (!known) throw new DefectError(`${variant} is not made by changing weights alone`);
  const types = await inferTypes(model);
  const plan = planWeights(model, known, types, {
    hardware,
    ...(opset !== undefined && { maxOpset: opset }),
  });
  if (plan.nodes.length === 0)
    throw new UnsupportedError(`there is nothing to quantize: ${whyNothing(plan)}`);
  // In 8 bits throughout it would be int8-weights under another name.
  if (variant === 'int4' && plan.nodes.every(({ bits }) => bits !== 4)) {
    throw new UnsupportedError(
      `nothing in it takes 4 bits: ${whyNotInFour(plan)}. For 8 bits there is int8-weights`,
    );
  }
  return {
    model: applyWeightPlan(model, plan),
    plan,
    description: describePlan(plan),
    keptInFloat: keptNodes(plan),
  };
}

/** `12 MatMul in 4 bits, 5 Conv in 8 bits`. */
export function describePlan({ nodes }: Pick<WeightPlan, 'nodes'>): string {
  const counts = new Map<string, number>();
  for (const { op, bits } of nodes) {
    const what = `${op} in ${bits} bits`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => `${count} ${what}`).join(', ');
}

function whyNothing({ kept }: WeightPlan): string {
  const [first] = kept.toSorted((a, b) => b.bytes - a.bytes);
  return first
    ? `the largest weights (${first.op} '${first.node || first.name}') stay, ${first.reason}`
    : 'no node holds weights that have a quantized form';
}

/** Of the largest weights that 4 bits are for; what else a model has takes 8 by policy. */
function whyNotInFour({ nodes, kept }: WeightPlan): string {
  const [largest] = [
    ...nodes.map(({ op, node, name, reason, bytes: [bytes] }) => ({
      ...{ op, node, name, reason, bytes },
      instead: 'takes 8',
    })),
    ...kept.map((one) => ({ ...one, instead: 'stays in float32' })),
  ]
    .filter(({ op, bytes }) => IN_FOUR_BITS.includes(op) && bytes > 0)
    .toSorted((a, b) => b.bytes - a.bytes);
  if (!largest) return 'it has no MatMul, Gemm or Gather with constant weights';
  const { op, node, name, instead, reason } = largest;
  // Behind the colon is what becomes of it instead.
  return `the largest matrix or table (${op} '${node || name}') ${instead}, since ${reason.split(': ')[0]}`;
}

function keptNodes({ kept }: WeightPlan): KeptNode[] {
  return kept
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, LISTED_KEPT)
    .map(({ node, name, op, reason }) => ({
      node: node || name,
      op,
      precision: 'float32',
      reason,
    }));
}
