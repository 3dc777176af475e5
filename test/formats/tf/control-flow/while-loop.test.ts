import { describe, expect, it } from 'vitest';
import type { Builder } from '../../../../shared/formats/build/builder.ts';
import { lookAtWhile, shifted } from '../../../../shared/formats/tf/control-flow/while-loop.ts';
import type { TfContext, TfValue } from '../../../../shared/formats/tf/op.ts';
import type { TfFunction, TfNode } from '../../../../shared/formats/tf/tf-graph.ts';
import { builder, constant, fn, named, node } from './_graph.ts';

/** Looks at a loop over `i, limit, y`; evaluates nothing but parameters and constants. */
function look(b: Builder, cond: TfFunction, body: TfFunction, starts: readonly TfValue[]) {
  const context: TfContext = {
    b,
    node: node('while', 'While', [], { cond: named('cond'), body: named('body') }),
    functions: new Map([
      ['cond', cond],
      ['body', body],
    ]),
    call: (_, inputs, __, wanted = []) =>
      wanted.map((reference) => {
        const place = cond.parameters.indexOf(reference);
        return place < 0 ? b.scalar(9, 'int32') : (inputs[place] as TfValue);
      }),
  };
  return lookAtWhile(starts, context);
}

const names = ['i', 'limit', 'y'];
const plusOne: TfNode[] = [constant('one', [1]), node('next', 'AddV2', ['i', 'one'])];
const counting = fn('body', names, [...plusOne, node('r', 'Relu', ['y'])], ['next', 'limit', 'r']);
const below = fn('cond', names, [node('less', 'Less', ['i', 'limit'])], ['less']);

const startsOf = (b: Builder, first = 0): TfValue[] => [
  b.scalar(first, 'int32'),
  b.input('limit', 'int32', []),
  b.input('y', 'float32', [2]),
];

describe('a loop', () => {
  it('tells what stays, what counts and how often it runs', () => {
    const b = builder();
    const starts = startsOf(b);
    const loop = look(b, below, counting, starts);
    expect([...loop.invariant]).toEqual([1]);
    expect([...loop.counters]).toEqual([[0, 0]]);
    expect(loop.trips).toBe(starts[1]);
  });

  it('runs as often as the smallest limit allows', () => {
    const b = builder();
    const both = fn(
      'cond',
      names,
      [
        node('less', 'Less', ['i', 'limit']),
        constant('nine', [9]),
        node('more', 'Greater', ['nine', 'i']),
        node('and', 'LogicalAnd', ['less', 'more']),
      ],
      ['and'],
    );
    const starts = [b.scalar(2, 'int32'), b.scalar(5, 'int32'), b.input('y', 'float32', [2])];
    expect(look(b, both, counting, starts).trips?.known).toEqual([3]);
  });

  it.each<[string, TfFunction, TfFunction]>([
    [
      'the limit changes',
      below,
      fn('body', names, [...plusOne, node('m', 'Neg', ['limit'])], ['next', 'm', 'y']),
    ],
    [
      'it counts by two',
      below,
      fn('body', names, [constant('one', [2]), plusOne[1] as TfNode], ['next', 'limit', 'y']),
    ],
    [
      'the condition is computed',
      fn('cond', names, [node('any', 'Any', ['y'])], ['any']),
      counting,
    ],
    [
      'the comparison is the other way round',
      fn('cond', names, [node('l', 'Less', ['limit', 'i'])], ['l']),
      counting,
    ],
  ])('has no known number of steps where %s', (_, cond, body) => {
    const b = builder();
    expect(look(b, cond, body, startsOf(b)).trips).toBeUndefined();
  });

  it('whose body does not fit is refused', () => {
    const b = builder();
    const short = fn('body', names, [], ['i']);
    expect(() => look(b, below, short, startsOf(b))).toThrow(/as many values/);
  });
});

describe('a number and a constant', () => {
  it('are added at once where both are known', () => {
    const b = builder();
    expect(shifted(b, b.scalar(3, 'int32'), -2).known).toEqual([1]);
    const free = b.input('n', 'int32', []);
    expect(shifted(b, free, 0)).toBe(free);
  });
});
