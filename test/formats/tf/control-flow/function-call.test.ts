import { describe, expect, it } from 'vitest';
import { modelOf, opsOf } from './_cases.ts';
import { fn, graph, named, node } from './_graph.ts';

const twice = fn('twice', ['y'], [node('r', 'Relu', ['y']), node('n', 'Neg', ['r'])], ['n']);

describe('calls', () => {
  it.each([
    ['PartitionedCall', ['x'], { f: named('twice') }],
    ['StatefulPartitionedCall', ['x'], { f: named('twice') }],
    ['TPUPartitionedCall', ['x', 'x'], { f: named('twice') }],
    ['twice', ['x'], {}],
  ])('%s writes the nodes where it stands', (op, inputs, attributes) => {
    const model = modelOf(graph([node('call', op, inputs, attributes)], ['call'], [twice]));
    expect(opsOf(model)).toEqual({ Relu: 1, Neg: 1, Identity: 1 });
  });

  it('to functions that call themselves are refused', () => {
    const again = fn(
      'again',
      ['y'],
      [node('c', 'PartitionedCall', ['y'], { f: named('again') })],
      ['c'],
    );
    const call = node('call', 'PartitionedCall', ['x'], { f: named('again') });
    expect(() => modelOf(graph([call], ['call'], [again]))).toThrow(/more than 200 deep/);
  });

  it('to functions that are not there are refused', () => {
    const call = node('call', 'PartitionedCall', ['x'], { f: named('gone') });
    expect(() => modelOf(graph([call], ['call']))).toThrow(/the function gone/);
  });

  it('of gradients are refused with the way out', () => {
    const gradient = node('g', 'SymbolicGradient', ['x'], { f: named('twice') });
    expect(() => modelOf(graph([gradient], ['g'], [twice]))).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('inference signature') }),
    );
  });
});
