import { describe, expect, it } from 'vitest';
import { Builder } from '../../../../shared/formats/build/builder.ts';
import type { Argument, JsonObject } from '../../../../shared/formats/keras/layer.ts';
import {
  OperationCall,
  operandOf,
  operations,
} from '../../../../shared/formats/keras/layers/operations-call.ts';
import { callOf } from './_more.ts';

const b = Builder.root(17);

const made = (
  args: readonly Argument[],
  config: JsonObject = {},
  keywords: Readonly<Record<string, Argument>> = {},
) => new OperationCall({ ...callOf(b, 'Test', [], config), args, keywords });

const constant = (value: JsonObject['value'], dtype = 'float32'): Argument => ({
  class_name: '__tensor__',
  config: { value: value ?? null, dtype },
});

describe('arguments', () => {
  it('are found by place, by name, and in what the operation was made with', () => {
    const call = made([1], { k: 3 }, { y: 2 });
    expect([call.number('x', undefined, 0), call.number('y'), call.number('k')]).toEqual([1, 2, 3]);
    expect(call.number('absent', 4)).toBe(4);
  });
  it('that are None are left out', () => {
    expect(made([null], { axis: null }).maybe('x', 0)).toBeUndefined();
    expect(made([], { axis: null }).maybeInts('axis')).toBeUndefined();
  });
  it('may be constants of the file', () => {
    const call = made([
      constant([
        [1, 2],
        [3, 4],
      ]),
    ]);
    expect(call.tensor('x', 0).shape).toEqual([2, 2]);
    expect(call.ints('x', 0)).toEqual([1, 2, 3, 4]);
  });
  it('of one type are numbers beside a tensor', () => {
    const x = b.input('x', 'float32', [2]);
    const i = b.input('i', 'int32', [2]);
    const typesOf = (args: readonly Argument[]) =>
      made(args)
        .common(['x1', 'x2'])
        .map(({ type }) => type);
    expect(typesOf([x, 2])).toEqual(['float32', 'float32']);
    expect(typesOf([i, 2])).toEqual(['int32', 'int32']);
    expect(typesOf([2.5, i])).toEqual(['float32', 'float32']);
    expect(typesOf([x, i])).toEqual(['float32', 'float32']);
  });
});

describe('constants', () => {
  it.each([
    [true, 'bool', []],
    [2, 'int32', []],
    [2.5, 'float32', []],
    [[1, 2.5], 'float32', [2]],
    [[[true], [false]], 'bool', [2, 1]],
    [constant([1, 2], 'int64'), 'int64', [2]],
    [constant(3, 'float32'), 'float32', []],
    [constant([], 'float32'), 'float32', [0]],
  ] as const)('%o is %s %o', (argument, type, dims) => {
    const { value } = operandOf(b, argument as Argument, 'x');
    expect([value.type, value.shape]).toEqual([type, dims]);
  });
  const deep = (depth: number): Argument => (depth === 0 ? 1 : [deep(depth - 1)]);
  it.each<readonly [string, Argument]>([
    ['text', 'words'],
    ['uneven rows', [[1, 2], [3]]],
    ['text within', [1, 'two']],
    ['too many axes', deep(40)],
    ['a dictionary', { key: 1 }],
    ['an empty constant', { class_name: '__tensor__', config: {} }],
    ['a constant of text', constant(['a'], 'string')],
    ['a tensor among numbers', [b.input('t', 'float32', []), 1]],
    ['rows beside numbers', [[1], 2]],
  ])('%s is refused', (_, argument) => {
    expect(() => operandOf(b, argument, 'x')).toThrow('its ');
  });
});

describe('tables of operations', () => {
  it('give one value, or several', () => {
    const table = operations({
      One: (call) => call.tensor('x', 0),
      Two: (call) => [call.tensor('x', 0), call.tensor('x', 0)],
    });
    const call = { ...callOf(b, 'Test', []), args: [1] };
    expect(table.One?.(call)).toHaveProperty('type', 'int32');
    expect(table.Two?.(call)).toHaveProperty('outputs.length', 2);
  });
  it('what is not given is asked for by name', () => {
    expect(() => made([]).tensor('x', 0)).toThrow('without "x"');
    expect(() => made([]).ints('axis')).toThrow('without "axis"');
    expect(() => made([]).list('xs')).toThrow('no list');
    expect(() => made(['a']).number('x', undefined, 0)).toThrow('not a number');
    expect(() => made([1]).text('x')).toThrow('not a text');
  });
});
