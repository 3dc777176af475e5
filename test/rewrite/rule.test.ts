import { expect, it } from 'vitest';
import { parseModel } from '../../shared/onnx/text.ts';
import { type Match, matchesOf } from '../../shared/rewrite/match.ts';
import { any, op } from '../../shared/rewrite/pattern.ts';
import { Refusal } from '../../shared/rewrite/refusal.ts';
import { rule } from '../../shared/rewrite/rule.ts';
import { graphContextOf } from '../passes/shared/_context.ts';

const { context, node } = graphContextOf(
  parseModel('<ir_version: 8, opset_import: ["": 17]> g (float x) => (y) { y = Neg (x) }'),
);
const pattern = op('Neg', [any('x')]);

/** What a rule says to the match when its check says `facts`, and what its rewrite was given. */
function applied(facts: string | Refusal | null) {
  const given: string[] = [];
  const made = rule<string>({
    name: 'test',
    identity: '-x',
    pattern,
    check: () => facts,
    rewrite: (_: Match, found) => given.push(found),
  });
  const [match] = [...matchesOf(pattern, node('y'), context.editor)];
  if (!match) throw new Error('no match');
  return { result: made.apply(match, context), given };
}

it('hands what check found to rewrite', () => {
  expect(applied('facts')).toEqual({ result: true, given: ['facts'] });
  // Facts may be falsy.
  expect(applied('')).toEqual({ result: true, given: [''] });
});

it('rewrites nothing when check says no', () => {
  expect(applied(null)).toEqual({ result: null, given: [] });
  const refusal = new Refusal('it is needed');
  expect(applied(refusal)).toEqual({ result: refusal, given: [] });
});
