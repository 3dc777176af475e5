/** Cases with constants, attributes or inputs that no model has: they convert or are refused, and nothing else. */
import { expect, it } from 'vitest';
import { LimitError, ModelError, UnsupportedError } from '../../../../shared/base/errors.ts';
import { numberTensor } from '../../../../shared/formats/build/number-tensor.ts';
import { convertGraph } from '../../../../shared/formats/tf/convert-graph.ts';
import type { TfAttribute, TfGraph, TfNode } from '../../../../shared/formats/tf/tf-graph.ts';
import { encodeModel } from '../../../../shared/onnx/write-model.ts';
import { graphOf, opCases } from './_cases.ts';

/** The same numbers on every run: a linear congruence, its high bits. */
function chooser(seed: number) {
  let state = seed;
  const below = (count: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % count;
  };
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  const list = <T>(most: number, items: readonly T[]): T[] =>
    Array.from({ length: below(most + 1) }, () => pick(items));
  return { below, pick, list };
}

const { below, pick, list } = chooser(4);

const hostileConstant = (node: TfNode): TfNode => {
  const dims = list(4, [0, 1, 2, 3]);
  const count = dims.reduce((product, dim) => product * dim, 1);
  const values = Array.from({ length: count }, () =>
    pick([0, 1, -1, 5, 2 ** 31 - 1, 0.5, Number.NaN]),
  );
  const tensor = numberTensor(values, pick(['float32', 'int32', 'uint8']), dims);
  return { ...node, attributes: new Map([['value', { kind: 'tensor', value: tensor }]]) };
};

const NUMBERS = [0, 1, 2, -1, 2 ** 31, 2 ** 53, 0.5, 1e300];

function hostileAttribute(attribute: TfAttribute): TfAttribute {
  const int = (value: number): TfAttribute => ({ kind: 'int', value });
  if (attribute.kind === 'list') return { kind: 'list', value: list(8, NUMBERS).map(int) };
  if (attribute.kind === 'int') return int(pick(NUMBERS));
  return { kind: 'string', value: pick(['SAME', 'VALID', 'EXPLICIT', 'NCHW', '']) };
}

const hostileNode = (node: TfNode): TfNode => ({
  ...node,
  attributes: new Map(
    [...node.attributes].map(([name, attribute]) => [
      name,
      below(2) ? hostileAttribute(attribute) : attribute,
    ]),
  ),
});

const SIZES = [null, 'n', 0, 1, 2, 3, 2 ** 31 - 1, 2 ** 40];

const WAYS: readonly ((graph: TfGraph) => TfGraph)[] = [
  (graph) => ({
    ...graph,
    nodes: graph.nodes.map((node) =>
      node.op === 'Const' && below(2) ? hostileConstant(node) : node,
    ),
  }),
  (graph) => ({
    ...graph,
    nodes: graph.nodes.map((node) => (node.op === 'Const' ? node : hostileNode(node))),
  }),
  (graph) => ({
    ...graph,
    inputs: graph.inputs.map((input) => ({
      ...input,
      type: pick([input.type, input.type, 'string', 'int64', 'bool', 'complex64']),
      shape: below(9) === 0 ? null : list(6, SIZES),
    })),
  }),
];

it.each(['nn', 'image'])('%s', (family) => {
  const wrong: string[] = [];
  for (const item of opCases(family)) {
    const graph = pick(WAYS)(graphOf(item, below(2)));
    try {
      encodeModel(convertGraph(graph, { title: item.name }).model);
    } catch (error) {
      const isTold = [UnsupportedError, ModelError, LimitError].some(
        (type) => error instanceof type,
      );
      if (!isTold) wrong.push(`${item.op} ${item.name}: ${String(error)}`);
    }
  }
  expect(wrong).toEqual([]);
});
