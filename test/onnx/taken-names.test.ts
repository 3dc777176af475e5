import { expect, it } from 'vitest';
import { TakenNames } from '../../shared/onnx/taken-names.ts';
import { parseModel } from '../../shared/onnx/text.ts';

const { graph } = parseModel(`<ir_version: 8, opset_import: ["": 17]>
  g (bool c, float x) => (y) <float w = {1}> {
    y = If (c) < then_branch = t () => (a) { a = Neg (x) }, else_branch = e () => (b) { b = Exp (w) } >
  }`);

it('gives no name that the graph or a body of it has', () => {
  const names = new TakenNames(graph);
  for (const name of ['c', 'x', 'w', 'y', 'a', 'b']) expect(names.fresh(name)).toBe(`${name}_1`);
  expect(names.fresh('z')).toBe('z');
});

it('gives no name twice, nor one that was added, before the first was given or after', () => {
  const names = new TakenNames(graph);
  names.add('early');
  expect([names.fresh('n'), names.fresh('n'), names.fresh('early')]).toEqual([
    'n',
    'n_1',
    'early_1',
  ]);
  names.add('late');
  expect(names.fresh('late')).toBe('late_1');
  expect(names.fresh('')).toBe('_1');
});
