/** A hard sigmoid as its parts: the ramp max(0, min(1, α·x + β)). */
import { floatAttribute, makeNode } from '../../onnx/make-node.ts';
import type { Node } from '../../onnx/model.ts';
import type { GraphContext } from '../../rewrite/graph-context.ts';
import type { Match } from '../../rewrite/match.ts';
import { any, constant, type NodePattern, op } from '../../rewrite/pattern.ts';
import { type Refusal, refuse } from '../../rewrite/refusal.ts';
import { clipBounds, isNear, scalarOf } from './scalars.ts';

/** α and β. */
export interface Ramp {
  readonly alpha: number;
  readonly beta: number;
}

/** The ramp of HardSwish. */
const HARD_SWISH_RAMP: Ramp = { alpha: 1 / 6, beta: 0.5 };

/** Clip(x + shift; 0, m), to be divided by m. */
export const CLIPPED: NodePattern = op('Clip', [op('Add', [any('x'), constant('shift')])], {
  as: 'clip',
});

/** The ramp of a match of {@link CLIPPED} whose result the root multiplies or divides by `scale`; `null` when that is none. */
export function rampOf(match: Match, context: GraphContext): Ramp | Refusal | null {
  const bounds = clipBounds(match.node('clip'), context);
  const shift = scalarOf(match, 'shift', 'x', context);
  const scale = scalarOf(match, 'scale', 'x', context);
  if (!bounds || shift === undefined || scale === undefined) return null;
  const alpha = match.root.opType === 'Div' ? 1 / scale : scale;
  if (bounds.min !== 0 || !isNear(alpha * bounds.max, 1)) return null;
  return wrongType(match, context) ?? { alpha, beta: shift / bounds.max };
}

/** A refusal when onnxruntime has no kernel of HardSigmoid for the type of `x`. */
export function wrongType(match: Match, context: GraphContext): Refusal | undefined {
  const type = context.elementTypeOf(match.value('x'));
  if (type === 'float32' || type === 'float16') return undefined;
  return refuse(
    type ? `onnxruntime has no HardSigmoid of ${type}` : 'the type of its input is not known',
    match.root,
  );
}

/** A HardSigmoid node. */
export function makeHardSigmoid(x: string, output: string, ramp: Ramp, name: string): Node {
  return makeNode(
    'HardSigmoid',
    [x],
    [output],
    {
      alpha: floatAttribute(Math.fround(ramp.alpha)),
      beta: floatAttribute(Math.fround(ramp.beta)),
    },
    name,
  );
}

/** Whether a ramp is that of HardSwish. */
export function isHardSwishRamp({ alpha, beta }: Ramp): boolean {
  return isNear(alpha, HARD_SWISH_RAMP.alpha) && isNear(beta, HARD_SWISH_RAMP.beta);
}
