import { describe, expect, it } from 'vitest';
import {
  argumentsOf,
  changesVariable,
  effectsOf,
  targetsOf,
  trains,
} from '../../../shared/formats/saved-model/function-effects.ts';
import { attribute, type FunctionText, node, rawGraph } from '../tf/proto/_wire.ts';

const call = (line: string, target: string): Uint8Array =>
  node(line, attribute.function('f', target));

function effects(functions: Record<string, FunctionText>) {
  const { changed = new Set(), read = new Set() } =
    effectsOf(['f'], rawGraph([], functions).functions).get('f') ?? {};
  return { changed: [...changed].sort(), read: [...read].sort() };
}

describe('effectsOf', () => {
  it('own assignments, and reads that the results need', () => {
    const nodes = [
      node('set = AssignAddVariableOp(a, one:output:0)'),
      node('one = Const()'),
      node('value = ReadVariableOp(b)'),
      node('unneeded = ReadVariableOp(c)'),
    ];
    const f = { parameters: ['a', 'b', 'c'], results: { r: 'value:value:0' }, nodes };
    expect(effects({ f })).toEqual({ changed: [0], read: [1] });
  });

  it('of functions that are called, in other places of parameters', () => {
    const g = {
      parameters: ['x', 'y'],
      results: { r: 'v:value:0' },
      nodes: [node('s = AssignVariableOp(y, v:value:0)'), node('v = ReadVariableOp(x)')],
    };
    const f = {
      parameters: ['a', 'b'],
      results: { r: 'c:output:0' },
      nodes: [call('c = StatefulPartitionedCall(b, a)', 'g')],
    };
    expect(effects({ f, g })).toEqual({ changed: [0], read: [1] });
    // Not needed by the results of the caller: run all the same, but not read.
    expect(effects({ f: { ...f, results: {} }, g })).toEqual({ changed: [0], read: [] });
  });

  it('of functions that call themselves', () => {
    const f = {
      parameters: ['a', 'b'],
      results: { r: 'c:output:0' },
      nodes: [call('c = PartitionedCall(b, a)', 'f'), node('s = AssignVariableOp(a, c:output:0)')],
    };
    expect(effects({ f })).toEqual({ changed: [0, 1], read: [] });
  });

  it('of branches, whose first input is the choice', () => {
    const body = {
      parameters: ['x'],
      results: { r: 'v:value:0' },
      nodes: [node('v = ReadVariableOp(x)')],
    };
    const branch = node(
      'i = If(a, b)',
      attribute.function('then_branch', 'g'),
      attribute.function('else_branch', 'g'),
    );
    const f = { parameters: ['a', 'b'], results: { r: 'i:output:0' }, nodes: [branch] };
    expect(effects({ f, g: body })).toEqual({ changed: [], read: [1] });
  });
});

it.each([
  ['AssignVariableOp', true],
  ['Assign', true],
  ['ResourceScatterAdd', true],
  ['ScatterNdUpdate', true],
  ['ResourceApplyAdam', true],
  ['ResourceSparseApplyFtrl', true],
  ['ReadVariableOp', false],
  ['ScatterNd', false],
  ['TensorScatterUpdate', false],
])('%s changes a variable: %s', (op, wanted) => expect(changesVariable(op)).toBe(wanted));

it.each([
  ['ResourceApplyGradientDescent', true],
  ['SparseApplyAdagrad', true],
  ['ResourceSparseApplyAdagradV2', true],
  ['AssignVariableOp', false],
])('%s trains: %s', (op, wanted) => expect(trains(op)).toBe(wanted));

it('knows what a node calls and gives', () => {
  const body = { parameters: [], results: {}, nodes: [] };
  const { nodes, functions } = rawGraph(
    [node('a = g(x)'), call('b = Case(i, x)', 'g'), node('c = Neg(x)')],
    { g: body },
  );
  const [a, b, c] = [...nodes.values()];
  expect([a, b, c].map((own) => own && targetsOf(own, functions))).toEqual([['g'], ['g'], []]);
  expect([a, b].map((own) => own && argumentsOf(own))).toEqual([['x'], ['x']]);
});
