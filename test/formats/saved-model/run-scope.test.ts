import { describe, expect, it } from 'vitest';
import { LimitError } from '../../../shared/base/errors.ts';
import {
  locate,
  nodesRunBy,
  reachedFrom,
  trace,
} from '../../../shared/formats/saved-model/run-scope.ts';
import { attribute, type FunctionText, node, rawGraph } from '../tf/proto/_wire.ts';

const call = (line: string, target: string): Uint8Array =>
  node(line, attribute.function('f', target));

describe('nodesRunBy', () => {
  it('follows inputs, order and calls, with what parameters stand for', () => {
    const graph = rawGraph(
      [
        node('v = VarHandleOp()'),
        node('same = Identity(v)'),
        call('c = StatefulPartitionedCall(same)', 'f'),
        node('all = NoOp(^c)'),
        node('other = NoOp()'),
      ],
      {
        f: { parameters: ['p'], results: {}, nodes: [call('deep = PartitionedCall(p)', 'g')] },
        g: { parameters: ['q'], results: {}, nodes: [node('set = AssignVariableOp(q)')] },
      },
    );
    const found = [...nodesRunBy(graph, ['all'])].map(({ scope, node: own }) => {
      const target = trace(scope, own.inputs[0])?.node.name;
      return target === undefined ? own.name : `${own.name}(${target})`;
    });
    expect(found.sort()).toEqual(['all', 'c(v)', 'deep(v)', 'same(v)', 'set(v)', 'v']);
  });

  it('ends with functions that call others twice, and so on', () => {
    const functions: Record<string, FunctionText> = {};
    for (let depth = 0; depth < 30; depth++)
      functions[`f${depth}`] = {
        parameters: [],
        results: {},
        nodes: Array.from({ length: 4 }, (_, index) =>
          call(`n${index} = PartitionedCall()`, `f${depth + 1}`),
        ),
      };
    const graph = rawGraph([call('start = PartitionedCall()', 'f0')], functions);
    expect(() => [...nodesRunBy(graph, ['start'])]).toThrow(LimitError);
  });
});

describe('names', () => {
  const graph = rawGraph([
    node('a = TopKV2(x)'),
    node('b = IdentityN(x, a:1)'),
    node('c = Identity(b:1)'),
  ]);
  const scope = { nodes: graph.nodes };

  it('mean outputs of nodes', () => {
    expect(locate(scope, 'a:1')).toMatchObject({ node: { name: 'a' }, output: 1 });
    expect(locate(scope, 'gone')).toBeUndefined();
    expect(locate(scope, undefined)).toBeUndefined();
  });

  it('are traced behind what only passes them on', () => {
    expect(trace(scope, 'c')).toMatchObject({ node: { name: 'a' }, output: 1 });
  });

  it('end in circles', () => {
    const circle = rawGraph([node('a = Identity(b)'), node('b = Identity(a)')]);
    expect(trace({ nodes: circle.nodes }, 'a')?.node.op).toBe('Identity');
  });

  it('have numbers in functions by the outputs of ops', () => {
    const inside = { nodes: graph.nodes, parameters: new Map([['p', locate(scope, 'a:1')]]) };
    expect(locate(inside, 'a:indices:0')).toMatchObject({ node: { name: 'a' }, output: 1 });
    expect(locate(inside, 'p')).toMatchObject({ node: { name: 'a' }, output: 1 });
  });
});

it('what has to run before, by inputs and order', () => {
  const { nodes } = rawGraph([node('a = NoOp()'), node('b = NoOp(^a)'), node('c = Neg(b:1, ^a)')]);
  expect([...reachedFrom(nodes, ['c:0'])].map(({ name }) => name).sort()).toEqual(['a', 'b', 'c']);
});
