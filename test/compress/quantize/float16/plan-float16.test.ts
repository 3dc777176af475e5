import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../../../shared/base/errors.ts';
import {
  type Float16Options,
  float16Values,
  planFloat16,
} from '../../../../shared/compress/quantize/float16/plan-float16.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import { float32Tensor } from '../../../../shared/onnx/make-tensor.ts';
import type { Node } from '../../../../shared/onnx/model.ts';
import type { StoredTensor } from '../../../../shared/onnx/stored-tensor.ts';
import { float32, int64, modelOf, weight } from '../_numeric.ts';

const W = weight('w', [64, 64]);

function plan(
  nodes: Node[],
  initializers: StoredTensor[] = [W],
  options: Float16Options = {},
  opset = 17,
) {
  return planFloat16(
    modelOf(
      nodes,
      [float32('x', [1, 64]), int64('i', [1])],
      [float32('y', [1, 64])],
      initializers,
      opset,
    ),
    undefined,
    options,
  );
}

describe('planFloat16', () => {
  it('names the inputs and outputs that change', () => {
    const { nodes, kept, io } = plan([
      makeNode('MatMul', ['x', 'w'], ['t']),
      makeNode('Softmax', ['t'], ['y']),
    ]);
    expect(nodes).toEqual([
      { scope: '', name: 't', op: 'MatMul', node: '', inputs: [0, 1], outputs: [0] },
      { scope: '', name: 'y', op: 'Softmax', node: '', inputs: [0], outputs: [0] },
    ]);
    expect([kept, io]).toEqual([[], 'float32']);
  });

  it('leaves integers and sizes as they are', () => {
    const scales = float32Tensor('scales', [2], [1, 2]);
    const { nodes } = plan(
      [
        makeNode('MatMul', ['x', 'w'], ['t']),
        makeNode('Resize', ['t', '', 'scales'], ['r']),
        makeNode('Gather', ['r', 'i'], ['y']),
      ],
      [W, scales],
    );
    expect(nodes.map(({ op, inputs }) => [op, inputs])).toEqual([
      ['MatMul', [0, 1]],
      ['Resize', [0]],
      ['Gather', [0]],
    ]);
  });

  it('changes where Cast leads to, not what it takes', () => {
    const { nodes } = plan([
      makeNode('Cast', ['i'], ['t'], { to: 1 }),
      makeNode('MatMul', ['t', 'w'], ['y']),
    ]);
    expect(nodes[0]).toMatchObject({ op: 'Cast', inputs: [], outputs: [0] });
    const back = plan([
      makeNode('MatMul', ['x', 'w'], ['t']),
      makeNode('Cast', ['t'], ['y'], { to: 7 }),
    ]);
    expect(back.nodes.map(({ op }) => op)).toEqual(['MatMul']);
  });

  it('keeps nodes whose values leave the range on the samples', () => {
    const nodes = [makeNode('MatMul', ['x', 'w'], ['t']), makeNode('MatMul', ['t', 'w'], ['y'])];
    const peak = (t: number) => plan(nodes, [W], { ranges: new Map([['t', { min: -t, max: 1 }]]) });
    expect(peak(30_000).kept).toEqual([]);
    expect(peak(40_000).kept.map(({ name, reason }) => [name, reason])).toEqual([
      ['t', "'t' reaches 4.00e+4 on the calibration data, and float16 ends at 65504"],
      ['y', "'t' reaches 4.00e+4 on the calibration data, and float16 ends at 65504"],
    ]);
    expect(peak(Number.NaN).kept).toHaveLength(2);
  });

  it('keeps nodes whose constants float16 cannot hold, but for masks and epsilons', () => {
    const constant = (value: number) => float32Tensor('c', [1], [value]);
    const reason = (op: string, value: number) =>
      plan(
        [
          makeNode('MatMul', ['x', 'w'], ['t']),
          makeNode(op, ['t', 'c'], ['u']),
          makeNode('MatMul', ['u', 'w'], ['y']),
        ],
        [W, constant(value)],
      ).kept[0]?.reason;
    expect(reason('Mul', 1e6)).toBe(
      "its constant 'c' reaches 1.00e+6, and float16 holds 0.0000610 to 65504",
    );
    expect(reason('Div', 1e-6)).toContain('reaches 0.00000100');
    expect(reason('Add', -1e9)).toBeUndefined();
    expect(reason('Add', 1e-12)).toBeUndefined();
    expect(reason('Mul', 0)).toBeUndefined();
  });

  it('says why others stay', () => {
    const reasons = (node: Node, opset = 17) =>
      plan([makeNode('MatMul', ['x', 'w'], ['t']), node], [W], {}, opset).kept[0]?.reason;
    expect(reasons(makeNode('CumSum', ['t', 'i'], ['y']))).toContain('last digits');
    expect(reasons(makeNode('my.own:Op', ['t'], ['y']))).toBe('its operator is not known');
    expect(reasons(makeNode('SequenceConstruct', ['t'], ['s']))).toBe(
      'not all of its types are known to be plain tensors',
    );
  });

  it('lists the values whose ranges matter', () => {
    const model = modelOf(
      [
        makeNode('MatMul', ['x', 'w'], ['t']),
        makeNode('Shape', ['t'], ['s']),
        makeNode('Softmax', ['t'], ['y']),
      ],
      [float32('x', [1, 64])],
      [float32('y', [1, 64])],
      [W],
    );
    expect(float16Values(model, undefined)).toEqual([
      { scope: '', name: 't' },
      { scope: '', name: 'y' },
    ]);
  });

  it('refuses models older than opset 7', () => {
    expect(() => plan([makeNode('Relu', ['x'], ['y'])], [], {}, 6)).toThrow(UnsupportedError);
  });
});
