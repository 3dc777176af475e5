import { expect, test } from 'vitest';
import { TakenNames } from '../../../../shared/onnx/taken-names.ts';
import { parseModel } from '../../../../shared/onnx/text/parse-model.ts';
import { Backward } from '../../../../shared/train/autodiff/backward.ts';
import { weightGradient } from '../../../../shared/train/autodiff/rules/conv-weight.ts';
import type { Shape } from '../../../../shared/train/emitter.ts';

const { graph } = parseModel(`<ir_version: 8, opset_import: ["": 17]>
g (float[1] x) => (float[1] y) { y = Relu (x) }`);

/** Ops of the gradient by a kernel, of 14 × 14 inputs. */
function opsOf(shape: Shape, size: number, { stride = 1, group = 1, pad = 0 } = {}): string[] {
  const [outputs = 1, channels = 1, ...kernel] = shape;
  const both = (value: number): number[] => kernel.map(() => value);
  const shapes = new Map<string, Shape>([
    ['x', [8, channels * group, 14, 14]],
    ['dy', [8, outputs, size, size]],
  ]);
  const back = new Backward(shapes, new TakenNames(graph));
  const window = {
    kernel,
    strides: both(stride),
    dilations: both(1),
    before: both(pad),
    after: both(pad),
  };
  const found = weightGradient({ back, x: 'x', gradient: 'dy', shape, window, group });
  expect(back.shapeOf(found)).toEqual(shape);
  return back.nodes.map(({ opType }) => opType);
}

test('the form that is fastest for its size is taken', () => {
  // A product alone.
  expect(opsOf([4, 3, 1, 1], 14)).toEqual([
    'Reshape',
    'Reshape',
    'FusedMatMul',
    'ReduceSum',
    'Reshape',
  ]);
  // Patches first.
  expect(opsOf([4, 3, 3, 3], 14, { pad: 1 })).toEqual(
    expect.arrayContaining(['Conv', 'FusedMatMul']),
  );
  // Few places, or a large kernel: a convolution alone.
  for (const ops of [opsOf([4, 3, 3, 3], 7, { stride: 2, pad: 1 }), opsOf([4, 3, 7, 7], 8)]) {
    expect(ops).toContain('Conv');
    expect(ops).not.toContain('FusedMatMul');
  }
  // Depthwise: a sum of products a tap.
  expect(opsOf([4, 1, 3, 3], 14, { group: 4, pad: 1 }).filter((op) => op === 'Mul')).toHaveLength(
    9,
  );
  expect(opsOf([4, 1, 3, 3], 7, { group: 4, pad: 1, stride: 2 })).not.toContain('Mul');
});
