import { afterAll, describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../shared/base/errors.ts';
import { float32Tensor, int64Tensor, rawTensor } from '../../shared/onnx/make-tensor.ts';
import { evaluateConstants } from '../../shared/runtime/evaluate-constants.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { body, graph, model, node } from '../onnx/_build.ts';
import { typed } from './_models.ts';

afterAll(closeSharedProcess);

const weights = float32Tensor('w', [2, 2], [1, 2, 3, 4]);

describe('evaluateConstants', () => {
  it('computes what is asked for, with nothing else of the model', async () => {
    const main = graph(
      [
        node('Transpose', ['w'], ['t']),
        node('Shape', ['t'], ['s']),
        node('Sub', ['w', 't'], ['d']),
        // Neither its input nor its op is there to be run.
        { ...node('Twist', ['x'], ['y']), domain: 'com.acme' },
      ],
      [],
      ['y'],
      { initializers: new Map([['w', weights]]), inputs: [typed('x', 'float32', [1])] },
    );
    const found = await evaluateConstants(model(main), ['d', 's']);
    expect(found.get('d')).toEqual({
      type: 'float32',
      dims: [2, 2],
      data: new Float32Array([0, -1, 1, 0]),
    });
    expect(found.get('s')).toEqual({ type: 'int64', dims: [2], data: new BigInt64Array([2n, 2n]) });
  });

  it('computes the constant part of a body, with constants from around it', async () => {
    const inner = graph(
      [node('Mul', ['w', 'k'], ['p']), node('Add', ['p', 'x'], ['q'])],
      [],
      ['q'],
      {
        initializers: new Map([['k', float32Tensor('k', [], [10])]]),
      },
    );
    const outer = graph(
      [
        node('Neg', ['v'], ['w']),
        node('If', ['c'], ['y'], [body('then_branch', inner), body('else_branch', inner)]),
      ],
      [],
      ['y'],
      {
        initializers: new Map([['v', float32Tensor('v', [2], [1, 2])]]),
        inputs: [typed('c', 'bool', []), typed('x', 'float32', [2])],
      },
    );
    const whole = model(outer);
    const found = await evaluateConstants({ ...whole, graph: inner }, ['p'], { around: [outer] });
    expect(found.get('p')?.data).toEqual(new Float32Array([-10, -20]));
  });

  it('runs bodies that are constant as a whole', async () => {
    const branch = (factor: number) =>
      graph([node('Mul', ['w', `k${factor}`], [`m${factor}`])], [], [`m${factor}`], {
        initializers: new Map([[`k${factor}`, float32Tensor(`k${factor}`, [], [factor])]]),
      });
    const main = graph(
      [node('If', ['c'], ['y'], [body('then_branch', branch(2)), body('else_branch', branch(3))])],
      [],
      ['y'],
      {
        initializers: new Map([
          ['w', weights],
          ['c', rawTensor('c', 'bool', [], new Uint8Array([1]))],
        ]),
      },
    );
    const found = await evaluateConstants(model(main), ['y']);
    expect(found.get('y')?.data).toEqual(new Float32Array([2, 4, 6, 8]));
  });

  it('refuses a value that depends on an input, or on an initializer that an input can replace', async () => {
    const initializers = new Map([['w', weights]]);
    const nodes = [node('Add', ['w', 'x'], ['y']), node('Neg', ['w'], ['z'])];
    const main = graph(nodes, ['x', 'w'], ['y'], { initializers });
    await expect(evaluateConstants(model(main), ['y'])).rejects.toThrow("'x' is not constant");
    await expect(evaluateConstants(model(main), ['z'])).rejects.toThrow("'w' is not constant");
    // Before IR 4 every initializer is listed as an input.
    const old = await evaluateConstants(model(main, { irVersion: 3 }), ['z']);
    expect(old.get('z')?.data).toEqual(new Float32Array([-1, -2, -3, -4]));
  });

  it('refuses int4 values, which would abort the process, and computes through them', async () => {
    const main = graph(
      [
        node('Cast', ['w'], ['q'], [['to', { type: 'int', value: 22 }]]),
        node('Cast', ['q'], ['f'], [['to', { type: 'int', value: 1 }]]),
      ],
      [],
      ['f'],
      { initializers: new Map([['w', float32Tensor('w', [2], [3, -20])]]) },
    );
    const int4 = model(main, { opsets: new Map([['', 21]]), irVersion: 10 });
    await expect(evaluateConstants(int4, ['q'])).rejects.toThrow(UnsupportedError);
    await expect(evaluateConstants(int4, ['q'])).rejects.toThrow("value 'q' is int4");
    expect((await evaluateConstants(int4, ['f'])).get('f')?.data[0]).toBe(3);
  });

  it('gives strings and empty tensors', async () => {
    const main = graph(
      [node('Identity', ['s'], ['t']), node('Slice', ['w', 'zero', 'zero'], ['e'])],
      [],
      ['t'],
      {
        initializers: new Map([
          ['w', weights],
          ['zero', int64Tensor('zero', [1], [0])],
          [
            's',
            {
              name: 's',
              type: 'string' as const,
              dims: [1],
              storage: { kind: 'strings' as const, values: [new TextEncoder().encode('día')] },
            },
          ],
        ]),
      },
    );
    const found = await evaluateConstants(model(main), ['t', 'e']);
    expect(found.get('t')).toEqual({ type: 'string', dims: [1], data: ['día'] });
    expect(found.get('e')).toEqual({ type: 'float32', dims: [0, 2], data: new Float32Array() });
  });
});
