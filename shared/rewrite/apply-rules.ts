/**
 * Applies rules to one graph until none fits: a worklist of nodes, then a sweep to see that nothing
 * was missed. Time is linear in nodes and rewrites, not in their product.
 */
import { DefectError } from '../base/errors.ts';
import type { GraphEditor } from '../onnx/graph-editor.ts';
import type { Node } from '../onnx/model.ts';
import type { GraphContext } from './graph-context.ts';
import { type Match, matchesOf, opName } from './match.ts';
import type { NodePattern, Pattern } from './pattern.ts';
import { Refusal, refuse } from './refusal.ts';
import type { Rule } from './rule.ts';

/** Rewrites per node at first: rules that undo one another would never end. */
const MAX_REWRITES_PER_NODE = 20;

/** Applies the rules, at each node in their order. */
export function applyRules(rules: readonly Rule[], context: GraphContext): void {
  const { editor } = context;
  const byOp = indexByRoot(rules);
  let budget = (editor.nodeCount + 10) * MAX_REWRITES_PER_NODE;
  for (let changed = true; changed; ) {
    changed = false;
    const worklist = new Set<Node>(editor.nodes());
    for (const node of worklist) {
      worklist.delete(node);
      if (!editor.has(node)) continue;
      for (const rule of byOp.get(opName(node)) ?? []) {
        const touched = applyAt(rule, node, context);
        if (!touched) continue;
        changed = true;
        if (--budget < 0) throw new DefectError(`rule '${rule.name}' finds no end`);
        for (const next of neighbours(touched, editor)) worklist.add(next);
        if (!editor.has(node)) break;
      }
    }
  }
}

function indexByRoot(rules: readonly Rule[]): ReadonlyMap<string, readonly Rule[]> {
  const index = new Map<string, Rule[]>();
  for (const rule of rules) {
    for (const name of rule.pattern.ops) index.set(name, [...(index.get(name) ?? []), rule]);
  }
  return index;
}

/** The values around the place that was rewritten, or `undefined` when none was. */
function applyAt(rule: Rule, node: Node, context: GraphContext): ReadonlySet<string> | undefined {
  let refusal: Refusal | undefined;
  for (const match of matchesOf(rule.pattern, node, context.editor)) {
    const values = valuesAround(match);
    const result = readElsewhere(rule.pattern, match, context) ?? rule.apply(match, context);
    if (result === true) return values;
    if (result instanceof Refusal) refusal ??= result;
  }
  if (refusal) context.refuse(refusal);
  return undefined;
}

/** A part of the pattern that somebody else needs as it is would have to stay, and be computed twice. */
function readElsewhere(
  pattern: NodePattern,
  match: Match,
  { editor }: GraphContext,
): Refusal | undefined {
  const own = new Set(match.nodes);
  const exclusive = exclusiveParts(pattern);
  for (const [position, node] of match.nodes.entries()) {
    if (position === 0 || !exclusive[position]) continue;
    const isShared = node.outputs.some(
      (output) =>
        output !== '' &&
        (editor.isOutput(output) || editor.consumers(output).some((user) => !own.has(user))),
    );
    if (isShared) return refuse('its result is used elsewhere too', node);
  }
  return undefined;
}

/** For each node of the pattern, in the order of a match's nodes, whether it must be read here alone. */
function exclusiveParts(pattern: Pattern): readonly boolean[] {
  if (pattern.kind !== 'node') return [];
  return [!pattern.isShared, ...pattern.inputs.flatMap(exclusiveParts)];
}

function valuesAround(match: Match): ReadonlySet<string> {
  const values = new Set<string>(match.values);
  for (const node of match.nodes) {
    for (const name of [...node.inputs, ...node.outputs]) if (name !== '') values.add(name);
  }
  return values;
}

function* neighbours(values: ReadonlySet<string>, editor: GraphEditor): IterableIterator<Node> {
  for (const value of values) {
    const producer = editor.producer(value);
    if (producer) yield producer;
    yield* editor.consumers(value);
  }
}
