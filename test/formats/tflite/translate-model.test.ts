import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../../shared/base/errors.ts';
import type { Graph } from '../../../shared/onnx/model.ts';
import { caseOf } from './_compare.ts';
import { converted, fileOf } from './_run.ts';

const file = (name: string): Uint8Array => fileOf(caseOf(name));

const portsOf = ({ inputs, outputs }: Graph): string =>
  [inputs, outputs].map((ports) => ports.map(({ name }) => name).join()).join(' → ');

describe('names', () => {
  it('of the only signature stand for those of tensors', () => {
    expect(portsOf(converted(file('argmax')).graph)).toBe('x0 → output_0');
  });

  it('of tensors, where there is no signature, or more than one', () => {
    expect(portsOf(converted(file('l2_pool')).graph)).toBe('x0 → y0');
    expect(portsOf(converted(file('two_signatures')).graph)).toBe('x → y');
  });

  it('of the signature that is asked for', () => {
    const model = converted(file('two_signatures'), { signature: 'square' });
    expect(portsOf(model.graph)).toBe('value → squared');
    expect(model.graph.nodes.map(({ opType }) => opType)).toContain('Mul');
    expect(() => converted(file('two_signatures'), { signature: 'cube' })).toThrow(
      "no signature 'cube'",
    );
  });
});

describe('sizes', () => {
  it('that are free stay so, the batch under its name', () => {
    const { inputs, outputs } = converted(file('conv_batch_free')).graph;
    expect(inputs[0]?.type).toMatchObject({ shape: ['batch', 7, 8, 3] });
    expect(outputs[0]?.type).toMatchObject({ shape: ['batch', 4, 4, 5] });
  });
});

describe('cuts', () => {
  it('leave out what lies before and behind named tensors', () => {
    const whole = converted(file('variables')).graph;
    expect(portsOf(whole)).toBe('x,sum → y,sum_next');
    const part = converted(file('variables'), { inputs: ['scaled'], outputs: ['y'] }).graph;
    expect(part.inputs.map(({ name }) => name)).toContain('scaled');
    expect(part.inputs.map(({ name }) => name)).not.toContain('x');
    expect(() => converted(file('abs'), { outputs: ['nowhere'] })).toThrow(
      "has no tensor 'nowhere'",
    );
  });
});

describe('a refusal', () => {
  it('names all operators without a form, and how often each is there', () => {
    const refused = (): unknown => converted(file('refused'));
    expect(refused).toThrow(UnsupportedError);
    expect(refused).toThrow(/custom operator NumericVerify \(2×: "a", "b"\)/);
    expect(refused).toThrow(/RFFT2D \(1×: "c"\)/);
    expect(refused).toThrow(/UNIDIRECTIONAL_SEQUENCE_RNN \(1×: "y"\) – its activation is neither/);
  });
});
