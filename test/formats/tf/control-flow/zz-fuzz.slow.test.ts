/** Graphs with control flow, damaged at random: each is converted or refused, and nothing else happens. */
import { describe, expect, it } from 'vitest';
import { DefectError, FettleError } from '../../../../shared/base/errors.ts';
import { createRandom, type Random } from '../../../../shared/base/random.ts';
import { numberTensor } from '../../../../shared/formats/build/number-tensor.ts';
import type {
  TfAttribute,
  TfFunction,
  TfGraph,
  TfNode,
} from '../../../../shared/formats/tf/tf-graph.ts';
import { encodeModel } from '../../../../shared/onnx/write-model.ts';
import { CASES, modelOf } from './_cases.ts';

/** Damages of each graph; a graph takes some 10 ms. */
const ROUNDS = 500;

const pick = <T>(items: readonly T[], random: Random): T | undefined =>
  items[items.length > 0 ? random.below(items.length) : 0];

const OPS = [
  'Identity',
  'Merge',
  'Switch',
  'While',
  'If',
  'TensorListStack',
  'TensorListGetItem',
  'Const',
];

/** One node changed in one way; `names` are those of its graph. */
function damaged(node: TfNode, names: readonly string[], random: Random): TfNode {
  const place = random.below(node.inputs.length + 1);
  const attributes = [...node.attributes];
  switch (random.below(8)) {
    case 0:
      return { ...node, inputs: node.inputs.toSpliced(place, 1) };
    case 1:
      return { ...node, inputs: node.inputs.toSpliced(place, 1, pick(names, random) ?? '') };
    case 2:
      return {
        ...node,
        inputs: node.inputs.toSpliced(place, 1, `${node.inputs[0]}:${random.below(4)}`),
      };
    case 3:
      return { ...node, op: pick(OPS, random) ?? '' };
    case 4:
      return {
        ...node,
        attributes: new Map(attributes.toSpliced(random.below(attributes.length + 1), 1)),
      };
    case 5: {
      const numbers = [random.below(3), -1, 2 ** 31].slice(0, 1 + random.below(3));
      const value = { kind: 'tensor', value: numberTensor(numbers, 'int64') } as const;
      return {
        ...node,
        attributes: new Map<string, TfAttribute>([...attributes, ['value', value]]),
      };
    }
    case 6:
      return { ...node, inputs: [...node.inputs, ...node.inputs] };
    default: {
      const value: TfAttribute = { kind: 'int', value: -1 - random.below(2 ** 31) };
      const [key = 'f'] = pick(attributes, random) ?? [];
      return { ...node, attributes: new Map([...attributes, [key, value]]) };
    }
  }
}

function damagedNodes(nodes: readonly TfNode[], random: Random): readonly TfNode[] {
  const place = random.below(nodes.length);
  const node = nodes[place];
  const names = nodes.map(({ name }) => name);
  return node ? nodes.with(place, damaged(node, names, random)) : nodes;
}

function damagedGraph(graph: TfGraph, random: Random): TfGraph {
  const functions = [...graph.functions];
  const target = random.below(2) === 0 ? pick(functions, random) : undefined;
  if (!target) return { ...graph, nodes: damagedNodes(graph.nodes, random) };
  const [name, body] = target;
  const other = random.below(6);
  const changed: TfFunction =
    other === 0
      ? { ...body, results: body.results.slice(1) }
      : other === 1
        ? { ...body, results: body.results.toReversed() }
        : other === 2
          ? { ...body, parameters: body.parameters.slice(1) }
          : { ...body, nodes: damagedNodes(body.nodes, random) };
  return { ...graph, functions: new Map([...functions, [name, changed]]) };
}

describe('damaged graphs', () => {
  it.each([...CASES.values()])('$name is converted or refused', async ({ name, graph }) => {
    const random = createRandom(1, name);
    for (let round = 0; round < ROUNDS; round++) {
      const changed = damagedGraph(graph, random);
      const twice = round % 2 === 0 ? changed : damagedGraph(changed, random);
      try {
        const model = modelOf(twice);
        encodeModel(model);
      } catch (error) {
        expect(error).toBeInstanceOf(FettleError);
        expect(error).not.toBeInstanceOf(DefectError);
      }
    }
  });
});
