/** Clip and Relu in a row are one Clip, or one Relu. */

import { floatAttribute, makeNode } from '../onnx/make-node.ts';
import type { Node } from '../onnx/model.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import type { Match } from '../rewrite/match.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, op } from '../rewrite/pattern.ts';
import { rule } from '../rewrite/rule.ts';
import { floatTensor, isFusedType } from './shared/float-tensor.ts';
import { clipBounds } from './shared/scalars.ts';

interface Bounds {
  readonly min: number;
  readonly max: number;
}

function boundsOf(node: Node, context: GraphContext): Bounds | undefined {
  return node.opType === 'Relu' ? { min: 0, max: Infinity } : clipBounds(node, context);
}

const CLIPS = ['Clip', 'Relu'];

/** The opset from which Clip takes its bounds as inputs. */
const BOUNDS_AS_INPUTS = 11;

const chain = rule<Bounds>({
  name: 'clip-chain',
  identity: 'Clip(Clip(x; a, b); c, d) = Clip(x; Clip(a; c, d), Clip(b; c, d))',
  pattern: op(CLIPS, [op(CLIPS, [any('x')], { as: 'inner' })]),
  check: (match, context) => {
    const inner = boundsOf(match.node('inner'), context);
    const outer = boundsOf(match.root, context);
    if (!inner || !outer || !isFusedType(context.elementTypeOf(match.value('x')))) return null;
    if (inner.min > inner.max || outer.min > outer.max) return null;
    const clip = (value: number): number => Math.min(Math.max(value, outer.min), outer.max);
    return { min: clip(inner.min), max: clip(inner.max) };
  },
  rewrite: (match, bounds, context) => {
    context.editor.replace(match.root, clipNode(match, bounds, context));
    context.editor.remove(match.node('inner'));
  },
});

function clipNode(match: Match, { min, max }: Bounds, context: GraphContext): Node {
  const x = match.value('x');
  const { name, outputs } = match.root;
  if (min === 0 && max === Infinity) return makeNode('Relu', [x], outputs, {}, name);
  if (context.opset < BOUNDS_AS_INPUTS) {
    const attributes = {
      min: min === -Infinity ? undefined : floatAttribute(min),
      max: max === Infinity ? undefined : floatAttribute(max),
    };
    return makeNode('Clip', [x], outputs, attributes, name);
  }
  const type = context.elementTypeOf(x);
  const [low, high] = [min, max].map((value, index) => {
    if (!Number.isFinite(value) || !isFusedType(type)) return '';
    const hint = `${outputs[0]}_${index === 0 ? 'min' : 'max'}`;
    const tensor = floatTensor(context.editor.freshName(hint), type, [], [value]);
    return context.editor.addInitializer(tensor);
  });
  return makeNode('Clip', [x, low ?? '', high ?? ''], outputs, {}, name);
}

export const fuseClips = rulePass(
  'fuse-clips',
  'Clip(Clip(x)) = Clip(x) with the bounds of both; Relu(x) = Clip(x; 0, ∞)',
  [chain],
  { needsTypes: true },
);
