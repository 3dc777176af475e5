import { describe, expect, it } from 'vitest';
import { irVersionOf } from '../../shared/onnx/ir-version.ts';

describe('irVersionOf', () => {
  it.each([
    [7, 4],
    [9, 4],
    [17, 8],
    [18, 8],
    [19, 9],
    [21, 10],
    [26, 13],
  ])('gives opset %i the version that its release had', (opset, version) => {
    expect(irVersionOf(opset)).toBe(version);
  });
});
