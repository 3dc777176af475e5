import { expect, it } from 'vitest';
import { suggestCut } from '../../../shared/formats/tf/suggest-cut.ts';
import type { TfFunction, TfGraph, TfNode } from '../../../shared/formats/tf/tf-graph.ts';
import { node } from './_nodes.ts';

const graph = (nodes: readonly TfNode[], functions: readonly TfFunction[] = []): TfGraph => ({
  nodes,
  functions: new Map(functions.map((one) => [one.name, one])),
  inputs: [],
  outputs: [{ name: 'y', tensor: 'y:0' }],
  notes: [],
});

const typed = (of: TfNode, name: string): TfNode => ({
  ...of,
  attributes: new Map([[name, { kind: 'type', value: 'float32' }]]),
});

const calling = (of: TfNode, name: string): TfNode => ({
  ...of,
  attributes: new Map([['body', { kind: 'function', value: name }]]),
});

it('names what the numbers take from the last decoder', () => {
  const nodes = [
    node('files', 'Placeholder', []),
    node('bytes', 'DecodeBase64', ['files']),
    node('image', 'DecodeJpeg', ['bytes']),
    node('y', 'Cast', ['image']),
  ];
  expect(suggestCut(graph(nodes))).toEqual(['image:0']);
});

it('goes behind loops that decode, and the lists that they fill', () => {
  const each = {
    name: 'each',
    parameters: ['bytes'],
    results: ['decoded'],
    nodes: [node('decoded', 'DecodePng', ['bytes'])],
  };
  const body = {
    name: 'body',
    parameters: ['bytes'],
    results: ['inner'],
    nodes: [calling(node('inner', 'StatefulPartitionedCall', ['bytes']), 'each')],
  };
  const nodes = [
    node('files', 'Placeholder', []),
    calling(node('loop', 'While', ['files']), 'body'),
    typed(node('images', 'TensorListStack', ['loop:1']), 'element_dtype'),
    node('y', 'Relu', ['images']),
  ];
  expect(suggestCut(graph(nodes, [body, each]))).toEqual(['images:0']);
});

it('gives no advice where a type is not known, or many tensors would be needed', () => {
  const unknown = [node('a', 'DecodeMystery', []), node('y', 'Relu', ['a'])];
  expect(suggestCut(graph(unknown))).toEqual([]);
  const many = Array.from({ length: 5 }, (_, i) => node(`d${i}`, 'DecodeJpeg', []));
  const sum = node(
    'y',
    'AddN',
    many.map(({ name }) => name),
  );
  expect(suggestCut(graph([...many, sum]))).toEqual([]);
});
