import { describe, expect, it } from 'vitest';
import { convertGraph } from '../../../shared/formats/tf/convert-graph.ts';
import { withDilations } from '../../../shared/formats/tf/dilated-convolutions.ts';
import type { TfGraph, TfNode } from '../../../shared/formats/tf/tf-graph.ts';
import { constantNode, node, ramp } from './_nodes.ts';
import { runBuilt } from './ops/_cases.ts';

interface Chain {
  readonly blocks: readonly number[];
  readonly paddings: readonly number[];
  readonly crops: readonly number[];
  readonly op?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** SpaceToBatchND → convolution → BiasAdd → BatchToSpaceND, its paddings constant or fed. */
function images(chain: Chain, isFed: boolean): TfGraph {
  const { blocks, paddings, crops, op = 'Conv2D', attributes = {} } = chain;
  const nodes: TfNode[] = [
    constantNode('blocks', 'int32', [2], blocks),
    constantNode('crops', 'int32', [2, 2], crops),
    constantNode('filters', 'float32', [3, 2, 2, 2], ramp(24)),
    constantNode('bias', 'float32', [op === 'Conv2D' ? 2 : 4], ramp(op === 'Conv2D' ? 2 : 4)),
    node('batched', 'SpaceToBatchND', ['x', 'blocks', 'paddings']),
    node('conv', op, ['batched', 'filters'], {
      strides: [1, 1, 1, 1],
      padding: 'VALID',
      ...attributes,
    }),
    node('biased', 'BiasAdd', ['conv', 'bias']),
    node('y', 'BatchToSpaceND', ['biased', 'blocks', 'crops']),
  ];
  if (!isFed) nodes.unshift(constantNode('paddings', 'int32', [2, 2], paddings));
  return {
    nodes,
    functions: new Map(),
    inputs: [
      { name: 'x', tensor: 'x', type: 'float32', shape: [null, 9, 10, 2] },
      ...(isFed
        ? [{ name: 'paddings', tensor: 'paddings', type: 'int32' as const, shape: [2, 2] }]
        : []),
    ],
    outputs: [{ name: 'y', tensor: 'y' }],
    notes: [],
  };
}

const x = { type: 'float32', dims: [1, 9, 10, 2], data: Float32Array.from(ramp(180)) } as const;

const CHAINS: Readonly<Record<string, Chain>> = {
  'SAME of 2': { blocks: [2, 2], paddings: [2, 3, 1, 3], crops: [0, 1, 0, 2] },
  'two dilations': { blocks: [3, 2], paddings: [3, 3, 1, 1], crops: [0, 0, 0, 0] },
  'crops in front': { blocks: [2, 2], paddings: [3, 2, 1, 1], crops: [1, 0, 0, 0] },
  depthwise: {
    blocks: [2, 2],
    paddings: [2, 3, 1, 1],
    crops: [0, 1, 0, 0],
    op: 'DepthwiseConv2dNative',
  },
};

describe('dilated convolutions', () => {
  for (const [name, chain] of Object.entries(CHAINS))
    it(`are one Conv that gives the same: ${name}`, async () => {
      const one = convertGraph(images(chain, false), { title: name });
      const ops = one.model.graph.nodes.map(({ opType }) => opType);
      expect(ops.filter((op) => op === 'Conv')).toHaveLength(1);
      expect(ops).not.toContain('Concat');
      const apart = convertGraph(images(chain, true), { title: name });
      expect(apart.model.graph.nodes.map(({ opType }) => opType)).toContain('Concat');
      const paddings = {
        type: 'int32',
        dims: [2, 2],
        data: Int32Array.from(chain.paddings),
      } as const;
      const [left, right] = [await runBuilt(one, { x }), await runBuilt(apart, { x, paddings })];
      expect(left.y?.dims).toEqual(right.y?.dims);
      expect(left.y?.data).toEqual(right.y?.data);
    });

  it('of sequences, with the axis that a convolution of images needs', () => {
    const nodes = [
      constantNode('blocks', 'int32', [1], [4]),
      constantNode('paddings', 'int32', [1, 2], [4, 2]),
      constantNode('crops', 'int32', [1, 2], [0, 2]),
      constantNode('axis', 'int32', [], [1]),
      node('batched', 'SpaceToBatchND', ['x', 'blocks', 'paddings']),
      node('wide', 'ExpandDims', ['batched', 'axis']),
      node('conv', 'Conv2D', ['wide', 'filters'], { strides: [1, 1, 1, 1], padding: 'VALID' }),
      node('narrow', 'Squeeze', ['conv'], { squeeze_dims: [-3] }),
      node('y', 'BatchToSpaceND', ['narrow', 'blocks', 'crops']),
    ];
    const made = withDilations(nodes).slice(5 + 3);
    expect(made.map(({ op, name, inputs }) => [op, name, inputs[0]])).toEqual([
      ['ExpandDims', 'y/wide', 'x'],
      ['Conv2D', 'y/conv', 'y/wide'],
      ['Squeeze', 'y', 'y/conv'],
    ]);
    const list = (name: string): unknown => {
      const attribute = made[1]?.attributes.get(name);
      return attribute?.kind === 'list' ? attribute.value.map((item) => item.value) : undefined;
    };
    expect(list('dilations')).toEqual([1, 1, 4, 1]);
    expect(list('explicit_paddings')).toEqual([0, 0, 0, 0, 4, 0, 0, 0]);
  });

  const OTHERS: Readonly<Record<string, Chain>> = {
    strides: {
      blocks: [2, 2],
      paddings: [0, 0, 0, 0],
      crops: [0, 0, 0, 0],
      attributes: { strides: [1, 2, 2, 1] },
    },
    'padding of its own': {
      blocks: [2, 2],
      paddings: [0, 0, 0, 0],
      crops: [0, 0, 0, 0],
      attributes: { padding: 'SAME' },
    },
    'crops beyond the paddings': { blocks: [2, 2], paddings: [0, 0, 0, 0], crops: [0, 1, 0, 0] },
  };
  for (const [name, chain] of Object.entries(OTHERS))
    it(`leaves chains with ${name}`, () => {
      const { nodes } = images(chain, false);
      expect(withDilations(nodes)).toBe(nodes);
    });
});
