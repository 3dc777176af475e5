import { expect, it } from 'vitest';
import { rootOf, weightOf } from '../../../../../shared/compress/prune/slim/rules/root-of.ts';
import { n, net, w } from '../_nets.ts';
import { traced } from '../_removal.ts';

const { trace } = await traced(
  net(
    [4, 8],
    [4, 6],
    [w('a', 6, 8)],
    n('Transpose', ['a'], ['t']),
    n('Identity', ['t'], ['i']),
    n('Mul', ['i', 'i'], ['m']),
    n('MatMul', ['x', 'i'], ['y']),
  ),
);

it('is the constant that a value is in another order', () => {
  expect(['a', 't', 'i', 'm', 'x'].map((name) => rootOf(name, trace))).toEqual([
    'a',
    'a',
    'a',
    undefined,
    undefined,
  ]);
});

it('has an axis for the labels of the value', () => {
  const [rows, columns] = trace.axesOf('i') ?? [];
  expect(weightOf('i', rows, trace)).toEqual({ weight: { name: 'a', axis: 1 } });
  expect(weightOf('i', columns, trace)).toEqual({ weight: { name: 'a', axis: 0 } });
  expect(weightOf('i', undefined, trace)).toEqual({});
  expect(weightOf('m', rows, trace)).toEqual({});
});
