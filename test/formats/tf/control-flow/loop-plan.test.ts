import { describe, expect, it } from 'vitest';
import type { Builder } from '../../../../shared/formats/build/builder.ts';
import { FunctionView } from '../../../../shared/formats/tf/control-flow/function-view.ts';
import { blankList, listOf } from '../../../../shared/formats/tf/control-flow/list-ops.ts';
import { ListIsRead, TensorList } from '../../../../shared/formats/tf/control-flow/list-value.ts';
import { type Plan, settle } from '../../../../shared/formats/tf/control-flow/loop-plan.ts';
import type { WhileLoop } from '../../../../shared/formats/tf/control-flow/while-loop.ts';
import type { TfContext, TfValue } from '../../../../shared/formats/tf/op.ts';
import { builder, fn, node } from './_graph.ts';

const key = Symbol('loop');

function loopOf(b: Builder, starts: readonly TfValue[]): WhileLoop {
  const view = new FunctionView(fn('f', [], [], []));
  const context: TfContext = { b, node: node('w', 'While'), functions: new Map(), call: () => [] };
  return {
    context,
    condition: view,
    body: view,
    starts,
    invariant: new Set(),
    counters: new Map(),
    trips: undefined,
  };
}

const kinds = (plan: Plan) => plan.map(({ kind }) => kind);

describe('the plan of a loop', () => {
  it('frees sizes until the body agrees', () => {
    const b = builder();
    const start = b.input('y', 'float32', [3, 2]);
    const rounds: Plan[] = [];
    const plan = settle(loopOf(b, [start]), key, [], (tried) => {
      rounds.push(tried);
      return { parameters: [start], results: [b.input(`r${rounds.length}`, 'float32', [null, 2])] };
    });
    expect(plan).toEqual([{ kind: 'carried', type: 'float32', shape: [null, 2] }]);
    expect(rounds).toHaveLength(2);
  });

  it('believes the sizes that the file gives', () => {
    const b = builder();
    const start = b.input('y', 'float32', [3, 2]);
    const result = b.input('r', 'float32', [null, null]);
    const plan = settle(loopOf(b, [start]), key, [[null, 2]], () => ({
      parameters: [start],
      results: [result],
    }));
    expect(plan).toMatchObject([{ shape: [null, 2] }]);
  });

  it('finds what the body hands on', () => {
    const b = builder();
    const start = b.input('y', 'float32', [2]);
    const plan = settle(loopOf(b, [start]), key, [], () => ({
      parameters: [start],
      results: [start],
    }));
    expect(kinds(plan)).toEqual(['invariant']);
  });

  it('carries a list that is read', () => {
    const b = builder();
    const list = blankList('float32', [2], b.scalar(4, 'int32'));
    const plan = settle(loopOf(b, [list]), key, [], (tried) => {
      if (tried[0]?.kind === 'collected') throw new ListIsRead(key, 0);
      const tensor = b.input('t', 'float32', [4, 2]);
      return { parameters: [list], results: [listOf(tensor)] };
    });
    expect(plan).toEqual([{ kind: 'dense', shape: [4, 2] }]);
  });

  it('leaves lists of other loops to those', () => {
    const b = builder();
    const list = blankList('float32', [2], b.scalar(4, 'int32'));
    const read = () => {
      throw new ListIsRead(Symbol('other'), 0);
    };
    expect(() => settle(loopOf(b, [list]), key, [], read)).toThrow(ListIsRead);
  });

  it('collects only what is written at the number of the step', () => {
    const b = builder();
    const list = blankList('float32', [2], b.scalar(4, 'int32'));
    const step = b.input('i', 'int32', []);
    const element = b.input('e', 'float32', [2]);
    const settled = (index: typeof step, counters: ReadonlyMap<number, number>) => {
      const loop = { ...loopOf(b, [b.scalar(0, 'int32'), list]), counters };
      return settle(loop, key, [], (tried) => {
        const content = {
          kind: 'collected',
          loop: key,
          place: 1,
          write: { index, element },
        } as const;
        const written = new TensorList('float32', [2], list.length, content);
        const dense = listOf(b.named('d', 'float32', [4, 2]));
        return {
          parameters: [step, list],
          results: [b.named('n', 'int32', []), tried[1]?.kind === 'dense' ? dense : written],
        };
      });
    };
    expect(kinds(settled(step, new Map([[0, 0]])))).toEqual(['carried', 'collected']);
    expect(kinds(settled(step, new Map([[0, 1]])))).toEqual(['carried', 'dense']);
    expect(kinds(settled(b.named('j', 'int32', []), new Map([[0, 0]])))).toEqual([
      'carried',
      'dense',
    ]);
  });

  it.each<[string, (b: Builder) => TfValue, RegExp]>([
    ['another type', (b) => b.input('r', 'int32', [2]), /changes its type/],
    ['a list', (b) => listOf(b.input('r', 'float32', [2])), /changes its type/],
  ])('refuses a variable that becomes %s', (_, result, message) => {
    const b = builder();
    const start = b.input('y', 'float32', [2]);
    const rehearse = () => ({ parameters: [start], results: [result(b)] });
    expect(() => settle(loopOf(b, [start]), key, [], rehearse)).toThrow(message);
  });
});
