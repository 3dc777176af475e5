import { expect, it } from 'vitest';
import { parseModel } from '../../../shared/onnx/text.ts';
import { withIrVersion } from '../../../shared/passes/raise-opset/ir-version.ts';

const at = (irVersion: number) =>
  parseModel(
    `<ir_version: ${irVersion}, opset_import: ["": 8]> g (float[1] x, float[1] w) => (y) <float[1] w = {2}> { y = Mul (x, w) }`,
  );

it('is the one that the opset asks for, and never falls', () => {
  expect(withIrVersion(at(4), 13).irVersion).toBe(7);
  expect(withIrVersion(at(4), 20).irVersion).toBe(9);
  expect(withIrVersion(at(8), 13).irVersion).toBe(8);
});

it('takes initializers off the inputs where they were no inputs', () => {
  const inputs = (irVersion: number) =>
    withIrVersion(at(irVersion), 8).graph.inputs.map(({ name }) => name);
  expect(inputs(3)).toEqual(['x']);
  expect(inputs(4)).toEqual(['x', 'w']);
});
