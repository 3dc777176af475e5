import { describe, expect, it } from 'vitest';
import type { Attribute } from '../../../shared/onnx/model.ts';
import { graph, node } from '../_build.ts';
import { broken } from './_rules.ts';

const int = (name: string, value: number): [string, Attribute] => [name, { type: 'int', value }];
const one = (opType: string, inputs: string[], attributes: [string, Attribute][] = []) =>
  graph([node(opType, inputs, ['y'], attributes)], ['x', 'w'], ['y']);
const opset = (version: number) => ({ opsets: new Map([['', version]]) });

describe('operators', () => {
  it('must exist in the opset that is imported', () => {
    expect(broken(one('Frobnicate', ['x']))).toEqual(['known-op: node 0 (Frobnicate)']);
    expect(broken(one('Gelu', ['x']), opset(17))).toEqual(['op-version: node 0 (Gelu)']);
    expect(broken(one('Gelu', ['x']), opset(20))).toEqual([]);
    expect(broken(one('Upsample', ['x', 'w']), opset(9))).toEqual([]);
    expect(broken(one('Upsample', ['x', 'w']), opset(10))).toEqual([
      'op-version: node 0 (Upsample)',
    ]);
  });

  it('are not judged above the newest known opset, nor in unknown domains', () => {
    expect(broken(one('Frobnicate', ['x']), opset(99))).toEqual([]);
    const foreign = { ...node('Frobnicate', ['x'], ['y']), domain: 'my.own' };
    expect(broken(graph([foreign], ['x'], ['y']), { opsets: new Map([['my.own', 1]]) })).toEqual(
      [],
    );
  });
});

describe('inputs and outputs', () => {
  it('must be as many as the operator has', () => {
    expect(broken(one('Conv', ['x']))).toEqual(['arity: node 0 (Conv)']);
    expect(broken(one('Relu', ['x', 'w']))).toEqual(['arity: node 0 (Relu)']);
    expect(broken(one('Concat', ['x', 'w', 'x', 'w'], [int('axis', 0)]))).toEqual([]);
    expect(broken(graph([node('Relu', ['x'], ['y', 'z'])], ['x'], ['y']))).toEqual([
      'arity: node 0 (Relu)',
    ]);
  });

  it('may be left out only where they are optional', () => {
    expect(broken(one('Conv', ['x', 'w', '']))).toEqual([]);
    expect(broken(one('Conv', ['x', '']))).toEqual(['arity: node 0 (Conv)']);
  });
});

describe('attributes', () => {
  it('must have a name, a type and a presence that the opset knows', () => {
    expect(broken(one('Relu', ['x'], [int('alpha', 1)]))).toEqual([
      'attribute-name: node 0 (Relu)',
    ]);
    expect(broken(one('Softmax', ['x'], [['axis', { type: 'float', value: 1 }]]))).toEqual([
      'attribute-type: node 0 (Softmax)',
    ]);
    expect(broken(one('Concat', ['x']))).toEqual(['attribute-required: node 0 (Concat)']);
    expect(broken(one('Relu', ['x'], [int('__note', 1)]))).toEqual([]);
  });

  it('follow the opset: axes of Squeeze became an input', () => {
    const squeeze = one('Squeeze', ['x'], [['axes', { type: 'ints', value: [0] }]]);
    expect(broken(squeeze, opset(11))).toEqual([]);
    expect(broken(squeeze, opset(13))).toEqual(['attribute-name: node 0 (Squeeze)']);
  });

  it('are checked for operators of the runtime too', () => {
    const bits = {
      ...node('MatMulNBits', ['x', 'w', 'w'], ['y'], [int('K', 1), int('N', 1)]),
      domain: 'com.microsoft',
    };
    expect(
      broken(graph([bits], ['x', 'w'], ['y']), { opsets: new Map([['com.microsoft', 1]]) }),
    ).toEqual(['attribute-required: node 0 (MatMulNBits)']);
  });
});
