import { describe, expect, it } from 'vitest';
import { DefectError } from '../../../../shared/base/errors.ts';
import { applyFloat16 } from '../../../../shared/compress/quantize/float16/apply-float16.ts';
import {
  type Float16Options,
  planFloat16,
} from '../../../../shared/compress/quantize/float16/plan-float16.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import { float32Tensor, int64Tensor } from '../../../../shared/onnx/make-tensor.ts';
import type { Model, Node } from '../../../../shared/onnx/model.ts';
import type { StoredTensor } from '../../../../shared/onnx/stored-tensor.ts';
import { floatValues } from '../../../../shared/onnx/tensor-data.ts';
import { verifyModel } from '../../../../shared/onnx/verify.ts';
import { body, graph as makeGraph, ops } from '../../../onnx/_build.ts';
import {
  type Feed,
  feed,
  firstOutput,
  float32,
  modelOf,
  relativeError,
  weight,
} from '../_numeric.ts';

const W = weight('w', [64, 64]);
const model = (nodes: Node[], initializers: StoredTensor[] = [W], opset = 17): Model =>
  modelOf(nodes, [float32('x', [2, 64])], [float32('y', [2, 64])], initializers, opset);

function half(source: Model, options: Float16Options = {}): Model {
  const result = applyFloat16(source, planFloat16(source, undefined, options));
  expect(verifyModel(result)).toEqual([]);
  return result;
}

/** The float16 model is loaded, and near float32. */
async function expectNear(
  source: Model,
  result: Model,
  feeds: Record<string, Feed> = { x: feed([2, 64]) },
): Promise<void> {
  const error = relativeError(await firstOutput(result, feeds), await firstOutput(source, feeds));
  expect(error).toBeLessThan(0.003);
  expect(error).toBeGreaterThan(0);
}

describe('applyFloat16', () => {
  it('casts at the border and nowhere else', async () => {
    const source = model([makeNode('MatMul', ['x', 'w'], ['t']), makeNode('Relu', ['t'], ['y'])]);
    const result = half(source);
    expect(ops(result.graph)).toEqual([
      'Cast(x)→x_float16',
      'MatMul(x_float16,w_float16)→t',
      'Relu(t)→y_float16',
      'Cast(y_float16)→y',
    ]);
    expect([...result.graph.initializers.keys()]).toEqual(['w_float16']);
    await expectNear(source, result);
  });

  it('casts a value once for all its readers, in either direction', async () => {
    const axis = int64Tensor('axis', [], [1]);
    const source = model(
      [
        makeNode('MatMul', ['x', 'w'], ['t']),
        makeNode('CumSum', ['t', 'axis'], ['p']),
        makeNode('CumSum', ['t', 'axis'], ['q']),
        makeNode('Add', ['p', 'q'], ['s']),
        makeNode('MatMul', ['s', 'w'], ['u']),
        makeNode('MatMul', ['s', 'w'], ['v']),
        makeNode('Add', ['u', 'v'], ['y']),
      ],
      [W, axis],
    );
    const result = half(source);
    expect(ops(result.graph).filter((text) => text.startsWith('Cast'))).toEqual([
      'Cast(x)→x_float16',
      'Cast(t)→t_float32',
      'Cast(p)→p_float16',
      'Cast(q)→q_float16',
      'Cast(y_float16)→y',
    ]);
    await expectNear(source, result);
  });

  it('keeps a constant as float32 where a float32 node reads it too', async () => {
    const source = model(
      [
        makeNode('MatMul', ['x', 'w'], ['t']),
        makeNode('Mul', ['w', 'large'], ['l']),
        makeNode('MatMul', ['t', 'l'], ['u']),
        makeNode('Div', ['u', 'large'], ['y']),
      ],
      [W, float32Tensor('large', [1], [1e6])],
    );
    const result = half(source);
    expect([...result.graph.initializers.keys()].toSorted()).toEqual(['large', 'w', 'w_float16']);
    await expectNear(
      source,
      half(source, {
        ranges: new Map([
          ['u', { min: 0, max: 1e9 }],
          ['l', { min: 0, max: 1e7 }],
        ]),
      }),
    );
  });

  it('converts Constant nodes, ConstantOfShape and Cast', async () => {
    const source = model(
      [
        makeNode('Constant', [], ['c'], { value: weight('', [64, 64]) }),
        makeNode('MatMul', ['x', 'c'], ['t']),
        makeNode('Shape', ['t'], ['s']),
        makeNode('ConstantOfShape', ['s'], ['zeros']),
        makeNode('ConstantOfShape', ['s'], ['ones'], { value: float32Tensor('', [1], [1]) }),
        makeNode('Cast', ['s'], ['r'], { to: 1 }),
        makeNode('ReduceSum', ['r'], ['n'], { keepdims: 0 }),
        makeNode('Add', ['t', 'zeros'], ['u']),
        makeNode('Add', ['u', 'ones'], ['v']),
        makeNode('Add', ['v', 'n'], ['y']),
      ],
      [],
    );
    const result = half(source);
    expect(ops(result.graph).filter((text) => text.startsWith('Constant('))).toEqual([]);
    await expectNear(source, result);
  });

  it('converts bodies, where an outer value is wanted in both types, and results of branches', async () => {
    const then = makeGraph([makeNode('MatMul', ['t', 'w'], ['r'])], [], ['r']);
    const otherwise = makeGraph(
      [
        makeNode('Mul', ['t', 'large'], ['m']),
        makeNode('Div', ['m', 'large'], ['d']),
        makeNode('MatMul', ['d', 'w'], ['r']),
      ],
      [],
      ['r'],
      {
        initializers: new Map([['large', float32Tensor('large', [1], [1e6])]]),
      },
    );
    const both = new Map([body('then_branch', then), body('else_branch', otherwise)]);
    const source = modelOf(
      [
        makeNode('MatMul', ['x', 'w'], ['t']),
        { ...makeNode('If', ['c'], ['u']), attributes: both },
        makeNode('Softmax', ['u'], ['y']),
      ],
      [
        { name: 'c', type: { kind: 'tensor', elementType: 'bool', shape: [] } },
        float32('x', [2, 64]),
      ],
      [float32('y', [2, 64])],
      [W],
    );
    const result = half(source);
    // The If gives float16: its result needs no Cast.
    expect(
      ops(result.graph).filter((text) => text.startsWith('Cast') || text.startsWith('Softmax')),
    ).toEqual([
      'Cast(x)→x_float16',
      'Cast(t)→t_float32',
      'Softmax(u)→y_float16',
      'Cast(y_float16)→y',
    ]);
    for (const choice of [0, 1])
      await expectNear(source, result, {
        x: feed([2, 64]),
        c: { type: 'bool', dims: [], data: Uint8Array.of(choice) },
      });
  });

  it('keeps what a Loop takes and gives', async () => {
    const loop = makeGraph(
      [
        makeNode('Identity', ['go'], ['go_out']),
        makeNode('MatMul', ['carried', 'w'], ['m']),
        makeNode('Tanh', ['m'], ['carried_out']),
      ],
      [],
      ['go_out', 'carried_out'],
      {
        inputs: [
          { name: 'i', type: { kind: 'tensor', elementType: 'int64', shape: [] } },
          { name: 'go', type: { kind: 'tensor', elementType: 'bool', shape: [] } },
          float32('carried', [2, 64]),
        ],
      },
    );
    const source = model(
      [
        {
          ...makeNode('Loop', ['trips', '', 'x'], ['y']),
          attributes: new Map([body('body', loop)]),
        },
      ],
      [W, int64Tensor('trips', [], [3])],
    );
    const result = half(source);
    expect(ops(result.graph)).toEqual(['Loop(trips,,x)→y']);
    expect([...result.graph.initializers.keys()]).toEqual(['trips', 'w_float16']);
    await expectNear(source, result);
  });

  it('can change the border too, also where the node at it stays float32', () => {
    const source = model(
      [makeNode('MatMul', ['x', 'w'], ['t']), makeNode('CumSum', ['t', 'axis'], ['y'])],
      [W, int64Tensor('axis', [], [1])],
    );
    const result = half(source, { io: 'float16' });
    expect(
      [...result.graph.inputs, ...result.graph.outputs].map(
        ({ type }) => type?.kind === 'tensor' && type.elementType,
      ),
    ).toEqual(['float16', 'float16']);
    expect(ops(result.graph)).toEqual([
      'MatMul(x,w_float16)→t',
      'Cast(t)→t_float32',
      'CumSum(t_float32,axis)→y_float32',
      'Cast(y_float32)→y',
    ]);
  });

  it('corrects declared types', () => {
    const source = model([makeNode('MatMul', ['x', 'w'], ['t']), makeNode('Relu', ['t'], ['y'])]);
    const declared = {
      ...source,
      graph: { ...source.graph, valueInfo: new Map([['t', float32('t', [2, 64])]]) },
    };
    expect(half(declared).graph.valueInfo.get('t')?.type).toMatchObject({
      elementType: 'float16',
      shape: [2, 64],
    });
  });

  it('moves masks to the end of float16', () => {
    const mask = float32Tensor('mask', [64], new Float32Array(64).fill(-3.4e38));
    const result = half(
      model(
        [
          makeNode('MatMul', ['x', 'w'], ['t']),
          makeNode('Add', ['t', 'mask'], ['u']),
          makeNode('Softmax', ['u'], ['y']),
        ],
        [W, mask],
      ),
    );
    const converted = result.graph.initializers.get('mask_float16');
    expect(converted && floatValues(converted)[0]).toBe(-65504);
  });

  it('gives the model itself for an empty plan, and refuses one for another model', () => {
    const source = model(
      [makeNode('CumSum', ['x', 'axis'], ['y'])],
      [int64Tensor('axis', [], [1])],
    );
    expect(half(source)).toBe(source);
    const plan = planFloat16(model([makeNode('MatMul', ['x', 'w'], ['y'])]), undefined);
    expect(() => applyFloat16(modelOf([], [], [], []), plan)).toThrow(DefectError);
  });
});
