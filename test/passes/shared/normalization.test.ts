import { expect, it } from 'vitest';
import { parseModel } from '../../../shared/onnx/text.ts';
import {
  normalizationOf,
  rootMeanSquare,
  squares,
} from '../../../shared/passes/shared/normalization.ts';
import { matchesOf } from '../../../shared/rewrite/match.ts';
import { any, op } from '../../../shared/rewrite/pattern.ts';
import { graphContextOf } from './_context.ts';

/** What is normalized when the mean of squares is written so. */
function found(mean: string, shape = '2,3,4') {
  const { context, node } = graphContextOf(
    parseModel(
      `<ir_version: 8, opset_import: ["": 17]> g (float[${shape}] x) => (y) <float two = {2}, float eps = {0.5}>
       { p = Pow (x, two) m = ${mean} e = Add (m, eps) s = Sqrt (e) y = Div (x, s) }`,
    ),
  );
  const [power] = squares(any('x'));
  if (!power) throw new Error('no spelling of squares');
  const pattern = op('Div', [any('x'), rootMeanSquare(power)]);
  const [match] = [...matchesOf(pattern, node('y'), context.editor)];
  if (!match) throw new Error('no match');
  return normalizationOf(match, context, [match.node('square')], { name: 'Norm', since: 17 });
}

it('counts the last axes, in any order and from either end', () => {
  const rest = { epsilon: 0.5, type: 'float32', rank: 3 };
  expect(found('ReduceMean <axes = [-1]> (p)')).toEqual({ ...rest, axes: [2], dims: [4] });
  expect(found('ReduceMean <axes = [2, -2]> (p)')).toEqual({ ...rest, axes: [1, 2], dims: [3, 4] });
});

it.each([
  ['ReduceMean (p)', '2,3,4', 'its means are not over the same last axes'],
  ['ReduceMean <axes = [0, 2]> (p)', '2,3,4', 'its means are not over the same last axes'],
  [
    'ReduceMean <axes = [2], keepdims = 0> (p)',
    '2,3,4',
    'its means are not over the same last axes',
  ],
  ['ReduceMean <axes = [-1]> (p)', '2,3,N', 'the size of what it normalizes is not known'],
])('refuses %s of [%s]', (mean, shape, reason) => {
  expect(found(mean, shape)).toMatchObject({ reason });
});
