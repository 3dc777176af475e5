import { describe, expect, it } from 'vitest';
import type { FunctionDefinition, Node } from '../../../shared/onnx/model.ts';
import { calledFunctions } from '../../../shared/onnx/verify/functions.ts';
import { body, graph, model, node } from '../_build.ts';
import { broken } from './_rules.ts';

const call = (name: string, inputs: string[], outputs: string[]): Node => ({
  ...node(name, inputs, outputs),
  domain: 'my',
});
const define = (
  name: string,
  nodes: Node[],
  parts: Partial<FunctionDefinition> = {},
): FunctionDefinition => ({
  name,
  domain: 'my',
  inputs: ['x'],
  outputs: ['y'],
  attributes: [],
  attributeDefaults: new Map(),
  nodes,
  opsets: new Map([
    ['', 17],
    ['my', 1],
  ]),
  valueInfo: new Map(),
  ...parts,
});
const check = (functions: FunctionDefinition[], main: Node = call('F', ['x'], ['y'])): string[] =>
  broken(graph([main], ['x', 'w'], ['y']), {
    functions,
    opsets: new Map([
      ['', 17],
      ['my', 1],
    ]),
  });

describe('functions', () => {
  const relu = define('F', [node('Relu', ['x'], ['y'])]);

  it('may be called with fewer values than they have, not with more', () => {
    expect(check([relu])).toEqual([]);
    expect(check([relu], call('F', ['x', 'w'], ['y']))).toEqual(['function: node 0 (F)']);
    expect(check([relu], call('F', ['x'], ['y', 'z']))).toEqual(['function: node 0 (F)']);
  });

  it('are defined once, and not by way of themselves', () => {
    expect(check([relu, relu])).toEqual(['function: function my::F']);
    const f = define('F', [call('G', ['x'], ['y'])]);
    const g = define('G', [call('F', ['x'], ['y'])]);
    expect(check([f, g])).toEqual(['function: function my::F']);
    expect(check([f, define('G', [node('Relu', ['x'], ['y'])])])).toEqual([]);
  });

  it('are checked inside like graphs', () => {
    expect(check([define('F', [node('Relu', ['nowhere'], ['y'])])])).toEqual([
      'defined-inputs: node 0 (Relu) in function my::F',
    ]);
    expect(check([define('F', [node('Relu', ['x'], ['y'])], { opsets: new Map() })])).toEqual([
      'opset-import: node 0 (Relu) in function my::F',
    ]);
  });

  it('alone may refer to attributes of the caller, and only to declared ones', () => {
    const softmax = node(
      'Softmax',
      ['x'],
      ['y'],
      [['axis', { type: 'reference', value: 'along', of: 'int' }]],
    );
    expect(check([define('F', [softmax], { attributes: ['along'] })])).toEqual([]);
    expect(check([define('F', [softmax])])).toEqual([
      'function: node 0 (Softmax) in function my::F',
    ]);
    expect(broken(graph([softmax], ['x'], ['y']))).toEqual(['function: node 0 (Softmax)']);
  });
});

describe('calledFunctions', () => {
  it('are those that the graph reaches, bodies and other functions included', () => {
    const called = (main: Node[], functions: FunctionDefinition[]) =>
      calledFunctions(model(graph(main, ['x', 'c'], ['y']), { functions })).map(({ name }) => name);
    const f = define('F', [call('G', ['x'], ['y'])]);
    const g = define('G', [node('Relu', ['x'], ['y'])]);
    const idle = define('Idle', [call('G', ['x'], ['y'])]);
    expect(called([call('F', ['x'], ['y'])], [idle, f, g])).toEqual(['F', 'G']);
    expect(called([node('Relu', ['x'], ['y'])], [idle, f, g])).toEqual([]);
    const inner = graph([call('G', ['x'], ['r'])], [], ['r']);
    const branches = [body('then_branch', inner), body('else_branch', inner)];
    expect(called([node('If', ['c'], ['y'], branches)], [idle, f, g])).toEqual(['G']);
  });
});
