import { describe, expect, it } from 'vitest';
import { parseModel } from '../../shared/onnx/text.ts';
import { raiseOpset } from '../../shared/passes/raise-opset.ts';
import { goldenCases } from './_harness.ts';
import { raise, refusalOf } from './raise-opset/_raise.ts';

goldenCases('raise-opset/cases', raise);

const modelOf = (opset: number, nodes: string) =>
  parseModel(`<ir_version: 8, opset_import: ["": ${opset}]> g (float x) => (y) {${nodes}}`);

describe('raiseOpset', () => {
  it('names the nodes, both versions and why', () => {
    const message = refusalOf('z = Scale (x) y = Crop <border = [1]> (x)', 9, 17);
    expect(message).toBe(
      "the model cannot be raised from opset 9 to 17: Scale 'z': Scale left the standard with opset 10; Crop 'y': Crop left the standard with opset 10",
    );
  });

  it('gives the same model back when it is there already', () => {
    const model = modelOf(17, 'y = Neg (x)');
    expect(raiseOpset(model, 13)).toBe(model);
    expect(raiseOpset(model, 17)).toBe(model);
  });

  it('refuses versions from before 7 and after the newest', () => {
    expect(() => raiseOpset(modelOf(6, 'y = Neg (x)'), 13)).toThrow(/older than 7/);
    expect(() => raiseOpset(modelOf(7, 'y = Neg (x)'), 99)).toThrow(/newest is/);
  });

  it('refuses a function whose axes are its caller’s', () => {
    const model = parseModel(
      `<ir_version: 8, opset_import: ["": 11, "local": 1]> g (float[1] x) => (y) { y = local.f <axes = [0]> (x) }
       <domain: "local", opset_import: ["": 11]> f <axes> (a) => (b) { b = Squeeze <axes: ints = @axes> (a) }`,
    );
    expect(() => raiseOpset(model, 13)).toThrow(/'axes' is an attribute of the function around it/);
  });
});
