import { describe, expect, it } from 'vitest';
import { makeNode } from '../../shared/onnx/make-node.ts';
import { parseModel } from '../../shared/onnx/text.ts';
import { replaceMatch } from '../../shared/passes/shared/replace-match.ts';
import { applyRules } from '../../shared/rewrite/apply-rules.ts';
import { any, type NodePattern, op } from '../../shared/rewrite/pattern.ts';
import { refuse } from '../../shared/rewrite/refusal.ts';
import { type Rule, rule } from '../../shared/rewrite/rule.ts';
import { graphContextOf } from '../passes/shared/_context.ts';

/** The operators that are left, and what was refused. */
function apply(rules: readonly Rule[], nodes: string, outputs = 'y') {
  const { context, refusals } = graphContextOf(
    parseModel(
      `<ir_version: 8, opset_import: ["": 17]> g (float[2] x) => (${outputs}) { ${nodes} }`,
    ),
  );
  applyRules(rules, context);
  return {
    ops: [...context.editor.nodes()].map(({ opType }) => opType).join(' '),
    refused: [...new Set(refusals.map(({ reason, nodes: at }) => `${at}: ${reason}`))],
  };
}

/** The matched nodes become one of the operator, reading `x`. */
function becomes(pattern: NodePattern, opType: string, isRight = true): Rule {
  return rule({
    name: `to-${opType}`,
    identity: '',
    pattern,
    check: ({ root }) => (isRight ? true : refuse('it is wrong here', root)),
    rewrite: (match, _, { editor }) =>
      replaceMatch(match, editor, makeNode(opType, [match.value('x')], match.root.outputs)),
  });
}

const negNeg = becomes(op('Neg', [op('Neg', [any('x')])]), 'Identity');

describe('applyRules', () => {
  it('goes on where a rewrite makes another one possible', () => {
    const steps = [
      becomes(op('Exp', [any('x')]), 'Abs'),
      becomes(op('Abs', [any('x')]), 'Neg'),
      negNeg,
    ];
    expect(apply(steps, 'a = Exp (x) b = Exp (a) y = Sqrt (b)').ops).toBe('Identity Sqrt');
  });

  it('comes back to nodes in front of what changed', () => {
    // Sqrt goes only once its reader has become Abs, further down.
    const rules = [
      becomes(op('Abs', [op('Sqrt', [any('x')])]), 'Relu'),
      becomes(op('Exp', [any('x')]), 'Abs'),
    ];
    expect(apply(rules, 'a = Sqrt (x) b = Exp (a) y = Neg (b)').ops).toBe('Relu Neg');
  });

  it('leaves what others read, and says so', () => {
    const nodes = 'a = Neg (x) y = Neg (a) z = Abs (a)';
    const refused = ["Neg 'a': its result is used elsewhere too"];
    expect(apply([negNeg], nodes, 'y, z')).toEqual({ ops: 'Neg Neg Abs', refused });
    expect(apply([negNeg], 'a = Neg (x) y = Neg (a)', 'y, a')).toEqual({ ops: 'Neg Neg', refused });
    const shared = becomes(op('Neg', [op('Neg', [any('x')], { isShared: true })]), 'Identity');
    expect(apply([shared], nodes, 'y, z')).toEqual({ ops: 'Neg Identity Abs', refused: [] });
  });

  it('sees readers inside bodies', () => {
    const branch = (name: string) => `${name} () => (${name}r) { ${name}r = Abs (a) }`;
    const nodes = `a = Neg (x) y = Neg (a) c = Constant <value = bool {1}> ()
      z = If (c) <then_branch = ${branch('t')}, else_branch = ${branch('e')}>`;
    expect(apply([negNeg], nodes, 'y, z').refused).toEqual([
      "Neg 'a': its result is used elsewhere too",
    ]);
  });

  it('gives the reason when no way to match is right, and tries the next rule', () => {
    const wrong = becomes(op('Neg', [any('x')]), 'Abs', false);
    expect(apply([wrong], 'y = Neg (x)')).toEqual({
      ops: 'Neg',
      refused: ["Neg 'y': it is wrong here"],
    });
    expect(apply([wrong, becomes(op('Neg', [any('x')]), 'Exp')], 'y = Neg (x)').ops).toBe('Exp');
  });

  it('ends when rules undo one another', () => {
    const rules = [becomes(op('Neg', [any('x')]), 'Abs'), becomes(op('Abs', [any('x')]), 'Neg')];
    expect(() => apply(rules, 'y = Neg (x)')).toThrow(/rule 'to-(Abs|Neg)' finds no end/);
  });
});
