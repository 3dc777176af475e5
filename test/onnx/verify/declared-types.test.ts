import { describe, expect, it } from 'vitest';
import type { ElementType } from '../../../shared/onnx/element-type.ts';
import { float32Tensor } from '../../../shared/onnx/make-tensor.ts';
import type { Dim, ValueInfo } from '../../../shared/onnx/model.ts';
import { body, graph, node } from '../_build.ts';
import { broken } from './_rules.ts';

const info = (name: string, elementType: ElementType, shape: Dim[] | null = null): ValueInfo => ({
  name,
  type: { kind: 'tensor', elementType, shape },
});

describe('declared types', () => {
  it('are ones that the operator takes, the same where it wants one type', () => {
    const add = (one: ElementType, other: ElementType) =>
      broken(
        graph([node('Add', ['x', 'w'], ['y'])], [], ['y'], {
          inputs: [info('x', one), info('w', other)],
        }),
      );
    expect(add('float32', 'float32')).toEqual([]);
    expect(add('float32', 'float16')).toEqual(['declared-type: node 0 (Add)']);
    expect(add('bool', 'bool')).toEqual(['declared-type: node 0 (Add)']);
  });

  it('do not contradict each other', () => {
    const twice = (shape: Dim[], other: Dim[]) =>
      broken(
        graph([node('Relu', ['x'], ['y'])], ['x'], [], {
          outputs: [info('y', 'float32', shape)],
          valueInfo: new Map([['y', info('y', 'float32', other)]]),
        }),
      );
    expect(twice([1, 'n', 3], [1, 2, null])).toEqual([]);
    expect(twice([1, 2], [1, 3])).toEqual(["declared-type: value 'y'"]);
    expect(twice([1, 2], [1])).toEqual(["declared-type: value 'y'"]);
    const initializer = broken(
      graph([node('Relu', ['w'], ['y'])], [], ['y'], {
        inputs: [info('w', 'int32')],
        initializers: new Map([['w', float32Tensor('w', [1], [1])]]),
      }),
    );
    expect(initializer).toEqual(["declared-type: input 'w'"]);
  });

  it('are not looked for around a body that gives the value itself', () => {
    const inner = graph([node('Abs', ['x'], ['v']), node('Neg', ['v'], ['r'])], [], ['r']);
    const nodes = [
      node('If', ['c'], ['y'], [body('then_branch', inner), body('else_branch', inner)]),
      node('IsNaN', ['y'], ['v']),
    ];
    const declared = {
      inputs: [info('c', 'bool'), info('x', 'float32')],
      outputs: [info('v', 'bool')],
    };
    expect(broken(graph(nodes, [], [], declared))).toEqual([]);
  });

  it('reach into bodies', () => {
    const inner = graph([node('Not', ['x'], ['r'])], [], ['r']);
    const main = graph(
      [node('If', ['c'], ['y'], [body('then_branch', inner), body('else_branch', inner)])],
      ['c'],
      ['y'],
      { inputs: [info('c', 'bool'), info('x', 'float32')] },
    );
    expect(broken(main)).toEqual([
      'declared-type: node 0 (Not) in then_branch of node 0 (If)',
      'declared-type: node 0 (Not) in else_branch of node 0 (If)',
    ]);
  });

  it('of sequences are compared by their elements', () => {
    const sequence = (elementType: ElementType): ValueInfo => ({
      name: 's',
      type: { kind: 'sequence', element: { kind: 'tensor', elementType, shape: null } },
    });
    const insert = (type: ValueInfo) =>
      broken(
        graph([node('SequenceInsert', ['s', 'x'], ['y'])], [], ['y'], {
          inputs: [type, info('x', 'float32')],
        }),
      );
    expect(insert(sequence('float32'))).toEqual([]);
    expect(insert(sequence('float8e5m2'))).toEqual(['declared-type: node 0 (SequenceInsert)']);
  });
});
