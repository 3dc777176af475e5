import { expect, it } from 'vitest';
import { parseModel } from '../../../shared/onnx/text.ts';
import { paddingOf } from '../../../shared/passes/shared/pad.ts';
import { graphContextOf } from './_context.ts';

const padding = (opset: number, pad: string, initializers = 'float q = {0}') => {
  const { context, node } = graphContextOf(
    parseModel(
      `<ir_version: 8, opset_import: ["": ${opset}]> g (float[1,2,5] x, float v) => (y) <${initializers}> { y = ${pad} }`,
    ),
  );
  return paddingOf(node('y'), context);
};

it('reads amounts and fill from attributes, then from inputs', () => {
  expect(padding(9, 'Pad <pads = [0,0,1,0,0,2], value = 3.0> (x)')).toEqual({
    begins: [0, 0, 1],
    ends: [0, 0, 2],
    value: 3,
  });
  expect(padding(13, 'Pad (x, p, f)', 'int64[6] p = {0,0,1,0,0,2}, float f = {-inf}')).toEqual({
    begins: [0, 0, 1],
    ends: [0, 0, 2],
    value: -Infinity,
  });
});

it('spreads amounts over the axes that are named', () => {
  expect(padding(18, 'Pad (x, p, , a)', 'int64[4] p = {1,2,3,4}, int64[2] a = {-1,0}')).toEqual({
    begins: [2, 0, 1],
    ends: [4, 0, 3],
    value: 0,
  });
});

it('says why it cannot', () => {
  expect(padding(13, 'Pad <mode = "edge"> (x, p)', 'int64[6] p = {0,0,1,0,0,2}')).toMatchObject({
    reason: 'its border is no constant: mode edge',
  });
  expect(padding(13, 'Pad (x, p, v)', 'int64[6] p = {0,0,1,0,0,2}')).toMatchObject({
    reason: 'what it fills with is computed',
  });
});
