import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../shared/onnx/model.ts';
import { body, graph, node } from '../_build.ts';
import { broken } from './_rules.ts';

const within = (
  opType: string,
  inputs: string[],
  outputs: string[],
  inner: Graph,
  name = 'body',
) => {
  const int = (value: number) => ({ type: 'int' as const, value });
  const attributes =
    opType === 'If'
      ? [body('then_branch', inner), body('else_branch', inner)]
      : [
          body(name, inner),
          ...(opType === 'Scan'
            ? [['num_scan_inputs', int(1)] as [string, { type: 'int'; value: number }]]
            : []),
        ];
  return graph([node(opType, inputs, outputs, attributes)], ['a', 'b', 'c'], [outputs[0] ?? '']);
};

describe('bodies', () => {
  const identity = (inputs: string[], outputs: string[]): Graph =>
    graph(
      outputs.map((name) => node('Identity', [inputs[0] ?? 'a'], [name])),
      inputs,
      outputs,
    );

  it('of If give as many values as the node', () => {
    expect(broken(within('If', ['a'], ['y'], identity([], ['r'])))).toEqual([]);
    expect(broken(within('If', ['a'], ['y'], identity([], ['r', 's'])))).toHaveLength(2);
    expect(broken(within('If', ['a'], ['y'], identity(['i'], ['r'])))[0]).toBe(
      'body-arity: node 0 (If)',
    );
  });

  it('of Loop take the iteration and the condition too', () => {
    const good = identity(['i', 'go', 'carried'], ['go_out', 'carried_out']);
    expect(broken(within('Loop', ['a', 'b', 'c'], ['y'], good))).toEqual([]);
    expect(broken(within('Loop', ['a', 'b'], ['y'], good))).toEqual(['body-arity: node 0 (Loop)']);
    expect(broken(within('Loop', ['a', 'b', 'c'], ['y', 'scanned'], good))).toEqual([
      'body-arity: node 0 (Loop)',
    ]);
  });

  it('of Scan take and give what the node does', () => {
    const good = identity(['p', 'q'], ['r']);
    expect(broken(within('Scan', ['a', 'b'], ['y'], good))).toEqual([]);
    expect(broken(within('Scan', ['a'], ['y'], good))).toEqual(['body-arity: node 0 (Scan)']);
    expect(broken(within('SequenceMap', ['a', 'b'], ['y'], good))).toEqual([]);
  });
});
