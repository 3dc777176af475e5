import { describe, expect, it } from 'vitest';
import { FunctionView } from '../../../../shared/formats/tf/control-flow/function-view.ts';
import { constant, fn, node } from './_graph.ts';

const view = new FunctionView(
  fn(
    'f',
    ['a', 'b'],
    [
      node('same', 'Identity', ['a']),
      node('again', 'ReadVariableOp', ['same']),
      node('sum', 'AddV2', ['again', 'b']),
      constant('two', [2]),
      node('parts', 'Split', ['two', 'sum']),
      node('scaled', 'Mul', ['again', 'two']),
      node('turn', 'Identity', ['round']),
      node('round', 'Identity', ['turn']),
    ],
    ['sum', 'parts:1'],
  ),
);

describe('a function followed backwards', () => {
  it('leaves out what changes nothing', () => {
    expect(view.parameter('again')).toBe(0);
    expect(view.parameter('b')).toBe(1);
    expect(view.parameter('sum')).toBeUndefined();
    expect(view.source('parts:1')).toMatchObject({ node: { name: 'parts' }, output: 1 });
  });

  it('finds nodes by their op, as first outputs only', () => {
    expect(view.made('sum', 'Add', 'AddV2')?.name).toBe('sum');
    expect(view.made('sum', 'Mul')).toBeUndefined();
    expect(view.made('parts:1', 'Split')).toBeUndefined();
  });

  it('reads small constants', () => {
    expect(view.numbers('two')).toEqual([2]);
    expect(view.numbers('sum')).toBeUndefined();
  });

  it('knows of which parameters a value is made', () => {
    expect(view.isMadeOf('scaled', new Set([0]))).toBe(true);
    expect(view.isMadeOf('sum', new Set([0]))).toBe(false);
    expect(view.isMadeOf('sum', new Set([0, 1]))).toBe(true);
  });

  it('ends where nodes wait for each other, and where one is missing', () => {
    expect(view.source('turn')).toBeUndefined();
    expect(view.isMadeOf('gone', new Set())).toBe(false);
    expect(view.same('gone', 'gone')).toBe(false);
  });
});
