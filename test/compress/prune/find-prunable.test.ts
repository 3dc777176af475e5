import { describe, expect, it } from 'vitest';
import { findPrunable } from '../../../shared/compress/prune/find-prunable.ts';
import { type AttributeInputs, makeNode } from '../../../shared/onnx/make-node.ts';
import type { Node } from '../../../shared/onnx/model.ts';
import type { StoredTensor } from '../../../shared/onnx/stored-tensor.ts';
import { body, graph as makeGraph } from '../../onnx/_build.ts';
import { float32, modelOf, weight } from '../quantize/_numeric.ts';

const find = (nodes: readonly Node[], initializers: readonly StoredTensor[], outputs = ['y']) =>
  findPrunable(
    modelOf(
      nodes,
      [float32('x', ['n'])],
      outputs.map((name) => float32(name, ['n'])),
      initializers,
    ),
  );
const one = (
  op: string,
  dims: readonly number[],
  attributes: AttributeInputs = {},
  inputs = ['x', 'w'],
) => find([makeNode(op, inputs, ['y'], attributes, 'n')], [weight('w', dims)]);

const last = (channels: number) => ({ channels, place: { axis: 'last' } });
const second = (channels: number, rank: number) => ({ channels, place: { axis: 'second', rank } });

describe('findPrunable', () => {
  it.each([
    ['MatMul', [32, 8], {}, { axis: 0, groups: 1 }, last(32)],
    ['Gemm', [32, 8], {}, { axis: 0, groups: 1 }, last(32)],
    ['Gemm', [8, 32], { transB: 1 }, { axis: 1, groups: 1 }, last(32)],
    ['Gemm', [8, 32], { transA: 1, transB: 1 }, { axis: 1, groups: 1 }, undefined],
    ['MatMul', [2, 32, 8], {}, { axis: 1, groups: 1 }, undefined],
    ['Conv', [16, 4, 3, 3], {}, { axis: 1, groups: 1 }, second(4, 4)],
    ['Conv', [16, 4, 3, 3], { group: 4 }, { axis: 1, groups: 4 }, second(16, 4)],
    ['Conv', [16, 8, 3], {}, { axis: 1, groups: 1 }, second(8, 3)],
    ['ConvTranspose', [16, 4, 3, 3], { group: 4 }, { axis: 0, groups: 1 }, second(16, 4)],
  ])('%s %j %j', (op, dims, attributes, layout, input) => {
    const { prunable, kept } = one(op, dims, attributes);
    expect(kept).toEqual([]);
    expect(prunable).toHaveLength(1);
    expect(prunable[0]).toMatchObject({ ref: { scope: '', name: 'w' }, layout });
    const found = prunable[0]?.uses[0]?.input;
    if (input) expect(found).toMatchObject({ ref: { scope: '', name: 'x' }, ...input });
    else expect(found).toBeUndefined();
  });

  it.each([
    ['MatMul', {}, 1],
    ['Gemm', {}, 1],
    ['Gemm', { transA: 1 }, 0],
  ])('a constant left side of %s %j sums along axis %i', (op, attributes, axis) => {
    const { prunable } = one(op, [32, 32], attributes, ['w', 'x']);
    expect(prunable[0]?.layout).toEqual({ axis, groups: 1 });
    expect(prunable[0]?.uses[0]?.input).toBeUndefined();
  });

  it('finds both weights of recurrent layers, and what they are multiplied with', () => {
    const { prunable } = find(
      [makeNode('GRU', ['x', 'w', 'r', 'b'], ['y'])],
      [weight('w', [1, 48, 10]), weight('r', [1, 48, 16]), weight('b', [1, 96])],
    );
    expect(prunable.map(({ ref, uses }) => [ref.name, uses[0]?.input?.ref.name])).toEqual([
      ['w', 'x'],
      ['r', 'y'],
    ]);
  });

  it('takes no biases, scales and tables', () => {
    const { prunable, kept } = find(
      [
        makeNode('Gather', ['table', 'x'], ['a']),
        makeNode('LayerNormalization', ['a', 'scale', 'bias'], ['b']),
        makeNode('Gemm', ['b', 'w', 'c'], ['d']),
        makeNode('Add', ['d', 'e'], ['y']),
      ],
      [
        weight('table', [100, 32]),
        ...['scale', 'bias', 'c', 'e'].map((name) => weight(name, [300])),
        weight('w', [32, 300]),
      ],
    );
    expect(prunable.map(({ ref }) => ref.name)).toEqual(['w']);
    expect(kept).toEqual([]);
  });

  it('takes a shared weight once, with all its nodes', () => {
    const { prunable } = find(
      [makeNode('MatMul', ['x', 'w'], ['a']), makeNode('MatMul', ['a', 'w'], ['y'])],
      [weight('w', [16, 16])],
    );
    expect(prunable).toHaveLength(1);
    expect(prunable[0]?.uses.map(({ input }) => input?.ref.name)).toEqual(['x', 'a']);
  });

  const half: StoredTensor = { ...weight('w', [32, 32]), type: 'float16' };
  it.each<[string, readonly Node[], readonly StoredTensor[], readonly string[]]>([
    [
      'it has 72 weights, too few to prune',
      [makeNode('Conv', ['x', 'w'], ['y'])],
      [weight('w', [8, 1, 3, 3])],
      ['y'],
    ],
    [
      'it is depthwise: each channel has one small filter',
      [makeNode('Conv', ['x', 'w'], ['y'], { group: 64 })],
      [weight('w', [64, 1, 3, 3])],
      ['y'],
    ],
    ['it is a vector', [makeNode('MatMul', ['x', 'w'], ['y'])], [weight('w', [512])], ['y']],
    [
      'Gather reads it, too',
      [makeNode('Gather', ['w', 'x'], ['a']), makeNode('MatMul', ['a', 'w'], ['y'])],
      [weight('w', [32, 32])],
      ['y'],
    ],
    [
      'it is an output',
      [makeNode('MatMul', ['x', 'w'], ['y'])],
      [weight('w', [32, 32])],
      ['y', 'w'],
    ],
    ['it is float16, not float32', [makeNode('MatMul', ['x', 'w'], ['y'])], [half], ['y']],
    [
      'its weights are computed, not constant',
      [makeNode('Relu', ['x'], ['w']), makeNode('Conv', ['x', 'w'], ['y'])],
      [],
      ['y'],
    ],
  ])('says why a weight stays: %s', (reason, nodes, initializers, outputs) => {
    const { prunable, kept } = find(nodes, initializers, [...outputs]);
    expect(prunable).toEqual([]);
    expect(kept.map((layer) => layer.reason)).toEqual([reason]);
  });

  it('finds weights of bodies, and outer ones that bodies read', () => {
    const inner = makeGraph(
      [makeNode('MatMul', ['x', 'w'], ['t']), makeNode('MatMul', ['t', 'own'], ['r'])],
      [],
      ['r'],
      { initializers: new Map([['own', weight('own', [16, 16])]]) },
    );
    const both = new Map([body('then_branch', inner), body('else_branch', inner)]);
    const model = modelOf(
      [
        makeNode('Cast', ['x'], ['c'], { to: 9 }),
        { ...makeNode('If', ['c'], ['y']), attributes: both },
      ],
      [float32('x', [16])],
      [float32('y', [16])],
      [weight('w', [16, 16])],
    );
    const { prunable } = findPrunable(model);
    expect(prunable.map(({ ref, uses }) => [ref.scope, ref.name, uses.length])).toEqual([
      ['', 'w', 2],
      ['y.then_branch/', 'own', 1],
      ['y.else_branch/', 'own', 1],
    ]);
  });
});
