/** Branches whose condition is constant: the branch taken replaces the If. */
import type { Graph } from '../onnx/model.ts';
import { scalarValue } from '../rewrite/constants.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, op } from '../rewrite/pattern.ts';
import { refuse } from '../rewrite/refusal.ts';
import { rule } from '../rewrite/rule.ts';
import { inlineGraph } from './shared/inline-graph.ts';

const constantIf = rule<Graph>({
  name: 'constant-if',
  identity: 'If(true; a, b) = a',
  pattern: op('If', [any('condition')]),
  check: (match, context) => {
    const tensor = context.constant(match.value('condition'));
    const condition = tensor && scalarValue(tensor);
    if (condition === undefined) return null;
    const branch = match.root.attributes.get(condition === 0 ? 'else_branch' : 'then_branch');
    if (branch?.type !== 'graph') return null;
    return branch.value.sparseInitializers.length > 0
      ? refuse('its branch holds sparse weights', match.root)
      : branch.value;
  },
  rewrite: ({ root }, branch, { editor }) => {
    const outputs = branch.outputs.map(({ name }) => name);
    inlineGraph(editor, root, { ...branch, outputs });
  },
});

const negatedIf = rule<true>({
  name: 'negated-if',
  identity: 'If(not c; a, b) = If(c; b, a)',
  pattern: op('If', [op('Not', [any('condition')], { as: 'not', isShared: true })]),
  check: () => true,
  rewrite: (match, _, { editor }) => {
    const attributes = new Map(match.root.attributes);
    const [yes, no] = [attributes.get('then_branch'), attributes.get('else_branch')];
    if (no) attributes.set('then_branch', no);
    if (yes) attributes.set('else_branch', yes);
    editor.update(match.root, { inputs: [match.value('condition')], attributes });
    const not = match.node('not');
    if (!editor.isUsed(not.outputs[0] ?? '')) editor.remove(not);
  },
});

export const inlineIf = rulePass(
  'inline-if',
  'If(true; a, b) = a; If(not c; a, b) = If(c; b, a)',
  [constantIf, negatedIf],
  { needsTypes: false },
);
