import { describe, expect, it } from 'vitest';
import { LimitError } from '../../../shared/base/errors.ts';
import { inlineCalls } from '../../../shared/formats/tf/inline-calls.ts';
import { assembleGraph } from '../../../shared/formats/tf/proto/assemble-graph.ts';
import { attribute, type FunctionText, node, rawGraph } from './proto/_wire.ts';

const call = (line: string, target: string): Uint8Array =>
  node(line, attribute.function('f', target));

function inline(nodes: Uint8Array[], functions: Record<string, FunctionText>, output: string) {
  const ports = {
    inputs: [{ name: 'x', tensor: 'x', type: 'float32' as const, shape: [1] }],
    outputs: [{ name: 'out', tensor: output }],
    notes: [],
  };
  const graph = inlineCalls(assembleGraph(rawGraph(nodes, functions), ports, (own) => [own]));
  return {
    lines: graph.nodes.map(({ name, op, inputs }) => `${name} = ${op}(${inputs.join(', ')})`),
    output: graph.outputs[0]?.tensor,
  };
}

describe('inlineCalls', () => {
  it('writes calls out, in calls too, with names that stay where they can', () => {
    const functions = {
      f: {
        parameters: ['a'],
        results: { r: 'deep:output:0' },
        nodes: [call('deep = PartitionedCall(a)', 'g')],
      },
      g: { parameters: ['a'], results: { r: 'neg:y:0' }, nodes: [node('neg = Neg(a)')] },
    };
    const nodes = [
      node('neg = Abs(x)'),
      call('one = PartitionedCall(neg)', 'f'),
      call('two = StatefulPartitionedCall(one)', 'f'),
    ];
    expect(inline(nodes, functions, 'two:0')).toEqual({
      lines: ['neg = Abs(x)', 'deep/neg = Neg(neg)', 'deep/neg_1 = Neg(deep/neg)'],
      output: 'deep/neg_1',
    });
  });

  it('keeps numbers of outputs, also through results that are parameters', () => {
    const functions = {
      f: {
        parameters: ['a', 'b'],
        results: { p: 'b', q: 'top:indices:0' },
        nodes: [node('top = TopKV2(a, b)')],
      },
    };
    const nodes = [
      node('k = Const()'),
      call('c = PartitionedCall(x, k)', 'f'),
      node('y = Add(c, c:1)'),
    ];
    expect(inline(nodes, functions, 'y')).toEqual({
      lines: ['k = Const()', 'top = TopKV2(x, k)', 'y = Add(k, top:1)'],
      output: 'y',
    });
  });

  it('writes out functions that are ops, and leaves branches', () => {
    const body = { parameters: ['a'], results: { r: 'a' }, nodes: [] };
    const branch = node(
      'b = If(x, g)',
      attribute.function('then_branch', 'f'),
      attribute.function('else_branch', 'f'),
    );
    expect(inline([node('g = f(x)'), branch], { f: body }, 'b')).toEqual({
      lines: ['b = If(x, x)'],
      output: 'b',
    });
  });

  it('ends with functions that call themselves', () => {
    const f = {
      parameters: ['a'],
      results: { r: 'c:output:0' },
      nodes: [call('c = PartitionedCall(a)', 'f')],
    };
    expect(() => inline([call('c = PartitionedCall(x)', 'f')], { f }, 'c')).toThrow(LimitError);
  });

  it('ends with functions that call others twice, and so on', () => {
    const functions: Record<string, FunctionText> = {};
    for (let depth = 0; depth < 60; depth++)
      functions[`f${depth}`] = {
        parameters: ['a'],
        results: { r: 'c:output:0' },
        nodes: [
          call('b = PartitionedCall(a)', `f${depth + 1}`),
          call('c = PartitionedCall(b:output:0)', `f${depth + 1}`),
        ],
      };
    functions.f60 = { parameters: ['a'], results: { r: 'a' }, nodes: [] };
    expect(() => inline([call('c = PartitionedCall(x)', 'f0')], functions, 'c')).toThrow(
      'in all its calls',
    );
  });
});
