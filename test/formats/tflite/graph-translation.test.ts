import { describe, expect, it } from 'vitest';
import { Unconvertible } from '../../../shared/formats/build/unconvertible.ts';
import {
  GraphTranslation,
  isQuantized,
  NodeList,
  plainName,
  quantizationOf,
} from '../../../shared/formats/tflite/graph-translation.ts';
import type { TfliteTensor } from '../../../shared/formats/tflite/tflite-model.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';

const tensor = (parts: Partial<TfliteTensor>): TfliteTensor => ({
  name: 't',
  type: 'float32',
  shape: [2],
  signature: [],
  data: undefined,
  quantization: undefined,
  isVariable: false,
  sparsity: undefined,
  ...parts,
});

const quantization = { scale: [0.5], zeroPoint: [3], axis: 0, isBlockwise: false };
const bytes = (count: number) => ({
  source: memorySource(new Uint8Array(count)),
  offset: 0,
  length: count,
});

function graphOf(...tensors: readonly TfliteTensor[]): GraphTranslation {
  const subgraph = { name: 'main', tensors, operators: [], inputs: [], outputs: [] };
  return new GraphTranslation(new NodeList(), subgraph);
}

const opsOf = (graph: GraphTranslation): readonly string[] =>
  graph.list.nodes.map(({ op, name }) => `${op} ${name}`);

describe('names of nodes', () => {
  it('end with no number behind a colon, and stand once', () => {
    expect(plainName('StatefulPartitionedCall:0')).toBe('StatefulPartitionedCall');
    expect(plainName('a/b:2')).toBe('a/b_2');
    expect(plainName('relu;bias;conv')).toBe('relu');
    expect(plainName('')).toBe('tensor');
    const list = new NodeList();
    expect([list.fresh('a'), list.fresh('a'), list.fresh('a:0')]).toEqual(['a', 'a_1', 'a_2']);
  });
});

describe('a tensor', () => {
  it('that is constant becomes one node, whoever reads it', () => {
    const graph = graphOf(tensor({ data: bytes(8) }));
    expect(graph.isConstant(0)).toBe(true);
    expect([graph.value(0), graph.value(0), graph.held(0)]).toEqual(['t', 't', 't']);
    expect(opsOf(graph)).toEqual(['Const t']);
  });

  it('that is quantized is read as numbers, or as the integers that it holds', () => {
    const graph = graphOf(tensor({ type: 'int8', data: bytes(2), quantization }));
    expect(graph.value(0)).toBe('t');
    expect(opsOf(graph)).toEqual(['_TfliteQuantized t']);
    const integers = graphOf(tensor({ type: 'int8', data: bytes(2), quantization }));
    expect(integers.held(0)).toBe('t/integers');
  });

  it('that an operator gives is rounded to its integers', () => {
    const graph = graphOf(tensor({ type: 'int8', quantization }));
    graph.give(0, 'relu');
    expect(graph.flowing(0)).toBe('t/quantized');
    expect(graph.value(0)).toBe('t');
    expect(opsOf(graph)).toEqual(['_TfliteQuantize t/quantized', '_TfliteDequantize t']);
  });

  it('at which the graph was cut keeps what comes from outside', () => {
    const graph = graphOf(tensor({}));
    graph.enter(0, 'input');
    graph.give(0, 'relu');
    expect(graph.value(0)).toBe('input');
    expect(graph.isConstant(0)).toBe(false);
  });

  it('that nothing gives a content is refused, as are weights quantized by blocks', () => {
    expect(() => graphOf(tensor({})).value(0)).toThrow('nothing gives its input "t" a content');
    expect(() => graphOf().tensor(0)).toThrow(Unconvertible);
    const blocks = tensor({
      type: 'int8',
      data: bytes(2),
      quantization: { ...quantization, isBlockwise: true },
    });
    expect(() => graphOf(blocks).value(0)).toThrow('quantized by blocks');
  });
});

it('takes a variable for what its handle stands for, in its own graph alone', () => {
  const graph = graphOf(tensor({ type: 'resource' }));
  expect(() => graph.handle(0)).toThrow('passed into a loop or a branch');
  graph.setHandle(0, 'sum');
  expect(graph.handle(0)).toBe('sum');
});

it('says how a tensor is quantized', () => {
  expect(isQuantized(tensor({ quantization }))).toBe(false);
  expect(isQuantized(tensor({ type: 'int16', quantization }))).toBe(true);
  expect(isQuantized(tensor({ type: 'int16' }))).toBe(false);
  expect(quantizationOf(tensor({ type: 'int4', quantization }))).toMatchObject({
    zero_point: [3],
    axis: 0,
    type: { kind: 'type', value: 'int8' },
  });
});
