import { describe, expect, it } from 'vitest';
import { float32Tensor } from '../../../shared/onnx/make-tensor.ts';
import { body, graph, node } from '../_build.ts';
import { broken } from './_rules.ts';

const w = new Map([['w', float32Tensor('w', [1], [1])]]);

describe('single definition', () => {
  it('refuses a value that two nodes, or one node twice, define', () => {
    expect(
      broken(graph([node('Relu', ['x'], ['y']), node('Abs', ['x'], ['y'])], ['x'], ['y'])),
    ).toEqual(['single-definition: node 1 (Abs)']);
    expect(broken(graph([node('Split', ['x'], ['y', 'y'])], ['x'], ['y']))).toEqual([
      'single-definition: node 0 (Split)',
    ]);
  });

  it('refuses a node that defines an input or an initializer', () => {
    expect(broken(graph([node('Relu', ['x'], ['x'])], ['x'], ['x']))).toEqual([
      'single-definition: node 0 (Relu)',
    ]);
    expect(broken(graph([node('Relu', ['x'], ['w'])], ['x'], ['w'], { initializers: w }))).toEqual([
      'single-definition: node 0 (Relu)',
    ]);
  });

  it('refuses two inputs of one name, and accepts an initializer that is an input', () => {
    expect(broken(graph([node('Relu', ['x'], ['y'])], ['x', 'x'], ['y']))).toEqual([
      "single-definition: input 'x'",
    ]);
    expect(
      broken(graph([node('Add', ['x', 'w'], ['y'])], ['x', 'w'], ['y'], { initializers: w })),
    ).toEqual([]);
  });
});

describe('order', () => {
  it('tells a wrong order from a cycle', () => {
    const late = [node('Relu', ['a'], ['y']), node('Abs', ['x'], ['a'])];
    expect(broken(graph(late, ['x'], ['y']))).toEqual(['topological-order: node 0 (Relu)']);
    const cycle = [node('Add', ['x', 'b'], ['a']), node('Relu', ['a'], ['b'])];
    expect(broken(graph(cycle, ['x'], ['b']))).toEqual([
      'topological-order: node 0 (Add)',
      'acyclic: node 0 (Add)',
    ]);
  });

  it('finds a cycle that goes through a body', () => {
    const inner = graph([node('Relu', ['later'], ['inner'])], [], ['inner']);
    const nodes = [
      node('If', ['c'], ['y'], [body('then_branch', inner), body('else_branch', inner)]),
      node('Abs', ['y'], ['later']),
    ];
    expect(broken(graph(nodes, ['c'], ['y']))).toContain('acyclic: node 0 (If)');
  });
});

describe('visibility', () => {
  it('knows what nothing defines, as input and as output', () => {
    expect(broken(graph([node('Relu', ['x'], ['y'])], [], ['z']))).toEqual([
      'defined-inputs: node 0 (Relu)',
      "defined-outputs: output 'z'",
    ]);
    expect(broken(graph([node('Clip', ['x', '', 'hi'], ['y'])], ['x', 'hi'], ['y']))).toEqual([]);
  });

  it('lets a body see what lies before it, not what lies behind, and define names anew', () => {
    const reads = (name: string) => graph([node('Relu', [name], ['r'])], [], ['r']);
    const branches = (then: string, otherwise: string) =>
      node(
        'If',
        ['c'],
        ['y'],
        [body('then_branch', reads(then)), body('else_branch', reads(otherwise))],
      );
    const before = node('Abs', ['c'], ['a']);
    const after = node('Abs', ['c'], ['b']);
    expect(broken(graph([before, branches('a', 'a'), after], ['c'], ['b']))).toEqual([]);
    expect(broken(graph([before, branches('a', 'b'), after], ['c'], ['b']))).toEqual([
      'topological-order: node 0 (Relu) in else_branch of node 1 (If)',
    ]);
  });

  it('refuses a body that gives an outer value back without a node', () => {
    const inner = graph([], [], ['c']);
    const nodes = [
      node('If', ['c'], ['y'], [body('then_branch', inner), body('else_branch', inner)]),
    ];
    expect(broken(graph(nodes, ['c'], ['y']))).toEqual([
      "defined-outputs: output 'c' in then_branch of node 0 (If)",
      "defined-outputs: output 'c' in else_branch of node 0 (If)",
    ]);
  });
});
