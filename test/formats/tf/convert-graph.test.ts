import { describe, expect, it } from 'vitest';
import { convertGraph } from '../../../shared/formats/tf/convert-graph.ts';
import type { TfFunction, TfGraph, TfNode } from '../../../shared/formats/tf/tf-graph.ts';
import { constantNode, node } from './_nodes.ts';

const graph = (
  nodes: readonly TfNode[],
  output = 'y',
  functions: readonly TfFunction[] = [],
): TfGraph => ({
  nodes: [node('x', 'Placeholder', []), ...nodes],
  functions: new Map(functions.map((body) => [body.name, body])),
  inputs: [{ name: 'image', tensor: 'x:0', type: 'float32', shape: ['batch', 3] }],
  outputs: [{ name: 'scores', tensor: output }],
  notes: [],
});

const convert = (source: TfGraph, opset?: number) =>
  convertGraph(source, { title: 'the model', opset });

describe('a graph', () => {
  it('keeps the names and shapes of inputs and outputs, and leaves out what outputs do not need', () => {
    const { model, origins } = convert(
      graph([
        node('y', 'Relu', ['x']),
        node('unused', 'Tanh', ['x']),
        node('odd', 'NoSuchOp', ['x']),
      ]),
    );
    expect(model.graph.inputs.map(({ name }) => name)).toEqual(['image']);
    expect(model.graph.outputs).toEqual([
      { name: 'scores', type: { kind: 'tensor', elementType: 'float32', shape: ['batch', 3] } },
    ]);
    expect(model.graph.nodes.map(({ opType }) => opType)).toEqual(['Relu', 'Identity']);
    expect([...origins.values()].map(({ source }) => source)).toContain('y');
  });

  it('is written at the lowest opset that does, or the one asked for', () => {
    const relu = graph([node('y', 'Relu', ['x'])]);
    const invert = graph([node('i', 'Cast', ['x']), node('y', 'Relu', ['i'])]);
    expect(convert(relu).model.opsets.get('')).toBe(17);
    expect(convert(relu, 21).model.opsets.get('')).toBe(21);
    expect(() => convert(relu, 5)).toThrow(/opset 5/);
    expect(() => convert(invert)).toThrow(/attribute DstT/);
  });

  it('of a long chain needs no deep stack', () => {
    const chain = Array.from({ length: 20_000 }, (_, at) =>
      node(`n${at}`, 'StopGradient', [at === 0 ? 'x' : `n${at - 1}`]),
    );
    expect(convert(graph(chain, 'n19999')).model.graph.nodes).toHaveLength(1);
  });
});

describe('what cannot be converted', () => {
  it('is told at once, every op of it', () => {
    const source = graph([
      node('a', 'NoSuchOp', ['x']),
      node('b', 'DecodeJpeg', ['x']),
      node('c', 'AddV2', ['a', 'b']),
      node('y', 'Relu', ['c']),
    ]);
    expect(() => convert(source)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/NoSuchOp \(1×: "a"\).*DecodeJpeg \(1×: "b"\)/s),
        hint: expect.stringContaining('--inputs'),
      }),
    );
  });

  it('is told behind other troubles, inside of functions too', () => {
    const inner = (name: string, op: string): TfFunction => ({
      name,
      parameters: ['p'],
      nodes: [node('p', '_Arg', []), node(op.toLowerCase(), op, ['p'])],
      results: [`${op.toLowerCase()}:0`],
    });
    const choice: TfNode = {
      ...node('choice', 'If', ['flag', 'a']),
      attributes: new Map([
        ['then_branch', { kind: 'function', value: 'then' }],
        ['else_branch', { kind: 'function', value: 'else' }],
      ]),
    };
    const functions = [inner('f', 'Igamma'), inner('then', 'Digamma'), inner('else', 'Erfinv')];
    const flag = node('flag', 'Any', ['x', 'x']);
    const call = node('call', 'f', ['a']);
    const hidden = graph(
      [node('a', 'NoSuchOp', ['x']), flag, choice, call, node('y', 'AddV2', ['choice', 'call'])],
      'y',
      functions,
    );
    expect(() => convert(hidden)).toThrow(
      /^(?=.*NoSuchOp)(?=.*Igamma \(1×)(?=.*Digamma \(1×)(?=.*Erfinv \(1×)(?!.*_Arg)/,
    );
  });

  it('is told behind a constant that stands for a variable', () => {
    const refusal = { reason: 'it changes' };
    const variable: TfNode = {
      ...constantNode('v', 'float32', [3], [1, 2, 3]),
      kind: 'VarHandleOp',
      refusal,
    };
    const nodes = [variable, node('y', 'Concat', ['v', 'x', 'x'])];
    expect(() => convert(graph(nodes))).toThrow(
      /VarHandleOp \(1×: "v"\) – it changes; Concat \(1×: "y"\)/,
    );
  });

  it.each<[string, readonly TfNode[], RegExp]>([
    ['a node that is not there', [node('y', 'Relu', ['gone'])], /no node 'gone'/],
    ['a cycle', [node('a', 'Relu', ['y']), node('y', 'Relu', ['a'])], /waits for itself/],
    [
      'an output that its node does not have',
      [node('a', 'StopGradient', ['x']), node('y', 'Relu', ['a:7'])],
      /StopGradient \(1×: "a"\) – its output 7/,
    ],
    [
      'an output of a node that has none',
      [node('a', 'NoOp', ['x']), node('y', 'Relu', ['a'])],
      /NoOp \(1×: "a"\) – its output 0/,
    ],
  ])('%s is a broken graph', (_, nodes, reason) => {
    expect(() => convert(graph(nodes))).toThrow(reason);
  });
});
