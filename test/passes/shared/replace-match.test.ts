import { expect, it } from 'vitest';
import { makeNode } from '../../../shared/onnx/make-node.ts';
import { parseModel } from '../../../shared/onnx/text.ts';
import { replaceMatch } from '../../../shared/passes/shared/replace-match.ts';
import { matchesOf } from '../../../shared/rewrite/match.ts';
import { any, op } from '../../../shared/rewrite/pattern.ts';
import { graphContextOf } from './_context.ts';

it('takes out what nothing reads any more, and keeps what others read', () => {
  const { context, node } = graphContextOf(
    parseModel(
      `<ir_version: 8, opset_import: ["": 13]> g (float[2] x) => (y, z) { a = Abs (x) b = Neg (a) c = Exp (b) y = Log (c) z = Sqrt (a) }`,
    ),
  );
  const shared = op('Abs', [any('x')], { isShared: true });
  const pattern = op('Log', [op('Exp', [op('Neg', [shared])])]);
  const [match] = [...matchesOf(pattern, node('y'), context.editor)];
  if (!match) throw new Error('no match');
  replaceMatch(match, context.editor, makeNode('Neg', [match.value('x')], ['y']));
  expect([...context.editor.nodes()].map(({ opType }) => opType)).toEqual(['Abs', 'Neg', 'Sqrt']);
});
