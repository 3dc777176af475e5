import { describe, expect, it } from 'vitest';
import { GraphTranslation, NodeList } from '../../../shared/formats/tflite/graph-translation.ts';
import { ModelTranslation } from '../../../shared/formats/tflite/model-translation.ts';
import { OperatorTranslation } from '../../../shared/formats/tflite/operator-translation.ts';
import { Options } from '../../../shared/formats/tflite/options.ts';
import type { TfliteOperator, TfliteTensor } from '../../../shared/formats/tflite/tflite-model.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';

const tensor = (name: string): TfliteTensor => ({
  name,
  type: 'float32',
  shape: [2],
  signature: [],
  data: undefined,
  quantization: undefined,
  isVariable: false,
  sparsity: undefined,
});

/** An operator over tensors x, y of which it reads the first and gives the second and third. */
function operatorOf(parts: Partial<TfliteOperator> = {}): OperatorTranslation {
  const operator: TfliteOperator = {
    op: 'ADD',
    custom: '',
    inputs: [0, -1],
    outputs: [1, 2],
    options: new Options('ADD', undefined),
    customOptions: { source: memorySource(new Uint8Array()), offset: 0, length: 0 },
    ...parts,
  };
  const subgraph = {
    name: 'main',
    tensors: ['x', 'y', 'z'].map(tensor),
    operators: [operator],
    inputs: [0],
    outputs: [1],
  };
  const model = { description: '', subgraphs: [subgraph], signatures: [], converter: '' };
  const graph = new GraphTranslation(new NodeList(), subgraph);
  graph.enter(0, 'x');
  return new OperatorTranslation(new ModelTranslation(model, subgraph, String), graph, operator);
}

const nodesOf = (o: OperatorTranslation): readonly string[] =>
  o.graph.list.nodes.map(({ name, op, inputs }) => `${name} = ${op}(${inputs})`);

describe('nodes of an operator', () => {
  it('are named after the tensor that the last one gives', () => {
    const o = operatorOf({ outputs: [1] });
    o.finish([o.activated(o.add('AddV2', [o.input(0), o.input(0)]), 1)]);
    expect(nodesOf(o)).toEqual(['y/AddV2 = AddV2(x,x)', 'y = Relu(y/AddV2)']);
    expect(o.graph.value(1)).toBe('y');
    expect(o.graph.list.nodes.map(({ kind }) => kind)).toEqual(['ADD', 'ADD']);
  });

  it('give several tensors by number', () => {
    const o = operatorOf();
    const node = o.add('Split', [o.input(0)]);
    o.finish([`${node}:0`, `${node}:1`]);
    expect([o.graph.value(1), o.graph.value(2)]).toEqual(['y', 'y:1']);
  });

  it('stand for what has no translation under its own name, with a reason where there is one', () => {
    const o = operatorOf({ op: 'CUSTOM', custom: 'Foo' });
    o.finish(o.refuse({ reason: 'because' }));
    expect(o.graph.list.nodes).toMatchObject([
      { name: 'y', op: 'custom operator Foo', inputs: ['x'], refusal: { reason: 'because' } },
    ]);
    expect(o.graph.value(2)).toBe('y:1');
  });
});

describe('inputs', () => {
  it('that are absent are known as such', () => {
    const o = operatorOf();
    expect([o.has(0), o.has(1), o.has(2)]).toEqual([true, false, false]);
    expect(o.inputs).toEqual(['x']);
    expect(o.optional(0, 1)).toEqual(['x']);
    expect(() => o.input(1)).toThrow('it has no input 1');
  });

  it('that are computed have no numbers yet', () => {
    expect(() => operatorOf().numbers(0)).toThrow('computed while the model runs');
  });
});

it('refuses an activation that is not defined', () => {
  expect(() => operatorOf().activated('x', 9)).toThrow('the number 9');
});
