import { describe, expect, it } from 'vitest';
import { Builder, permuteTensor } from '../../../shared/formats/build/builder.ts';
import { unary } from '../../../shared/formats/build/elementwise.ts';
import { numberTensor } from '../../../shared/formats/build/number-tensor.ts';
import { NeedsOpset, Unconvertible } from '../../../shared/formats/build/unconvertible.ts';
import { Value } from '../../../shared/formats/build/value.ts';
import { computedTensor } from '../../../shared/onnx/make-tensor.ts';
import { tensorOf } from '../../../shared/onnx/tensor-data.ts';
import { anyInput, opsOf } from './_graph.ts';

const NCHW = [0, 3, 1, 2];

describe('a value is held', () => {
  it('by one Transpose for each order, however often it is asked for', () => {
    const b = Builder.root(17);
    const x = anyInput(b, 'float32', [1, 2, 3, 4]);
    expect(b.hold(x, NCHW)).toBe(b.hold(x, NCHW));
    expect(b.hold(x)).not.toBe(b.hold(x, NCHW));
    expect(b.hold(x, [0, 1, 2, 3])).toBe(b.hold(x));
    expect(opsOf(b)).toEqual(['Transpose']);
  });

  it('from one order to another without the plain one between', () => {
    const b = Builder.root(17);
    const x = b.named('x', 'float32', [1, 2, 3, 4], NCHW);
    b.hold(x, [0, 3, 2, 1]);
    const [node] = b.graph('g').nodes;
    expect(node?.attributes.get('perm')).toMatchObject({ value: [0, 1, 3, 2] });
    expect(b.holdAsIs(x)).toBe('x');
  });

  it('as a constant with its axes moved, no node', () => {
    const b = Builder.root(17);
    const name = b.hold(b.numbers([1, 2, 3, 4, 5, 6], 'float32', [2, 3]), [1, 0]);
    const tensor = b.graph('g').initializers.get(name);
    expect(tensor?.dims).toEqual([3, 2]);
    expect(tensor && [...(tensorOf(tensor).data as Float32Array)]).toEqual([1, 4, 2, 5, 3, 6]);
    expect(opsOf(b)).toEqual([]);
  });

  it('as integers that are dequantized, scales along the moved axis', () => {
    const b = Builder.root(17);
    const tensor = numberTensor([1, 2, 3, 4, 5, 6], 'int8', [2, 3]);
    const content = {
      kind: 'quantized',
      tensor,
      scale: [1, 2, 3],
      zeroPoint: [0, 0, 0],
      axis: 1,
    } as const;
    b.hold(new Value('float32', [2, 3], content), [1, 0]);
    const [node] = b.graph('g').nodes;
    expect(node?.opType).toBe('DequantizeLinear');
    expect(node?.inputs).toHaveLength(2);
    expect(node?.attributes.get('axis')).toMatchObject({ value: 0 });
  });

  it('as 16-bit integers from opset 21 on', () => {
    const b = Builder.root(17);
    const tensor = numberTensor([1], 'int16', [1]);
    const content = { kind: 'quantized', tensor, scale: [1], zeroPoint: [3], axis: 0 } as const;
    expect(() => b.hold(new Value('float32', [1], content))).toThrow(NeedsOpset);
  });
});

it('large constants are moved when they are written', () => {
  let isRead = false;
  const tensor = computedTensor('w', 'float32', [64, 32], () => {
    isRead = true;
    return new Uint8Array(64 * 32 * 4);
  });
  const moved = permuteTensor(tensor, [1, 0]);
  expect([moved.dims, moved.storage.kind, isRead]).toEqual([[32, 64], 'computed', false]);
  expect(permuteTensor(tensor, undefined)).toBe(tensor);
});

it('small constants of one content are stored once', () => {
  const b = Builder.root(17);
  expect(b.ints([1, 2])).toBe(b.ints([1, 2]));
  expect(b.ints([1, 2], [1, 2])).not.toBe(b.ints([1, 2]));
  expect(b.floats([1])).not.toBe(b.ints([1]));
  expect(b.hold(b.scalar(3, 'int32'))).toBe(b.hold(b.scalar(3, 'int32')));
  expect(b.graph('g').initializers.size).toBe(5);
});

describe('names', () => {
  it('are never taken twice, and those of outputs are kept free', () => {
    const b = Builder.root(17);
    b.reserve('y');
    expect([b.fresh('y'), b.fresh('a'), b.fresh('a')]).toEqual(['y_1', 'a', 'a_1']);
    b.input('x', 'float32', []);
    expect(() => b.input('x', 'float32', [])).toThrow(Unconvertible);
  });

  it('of nodes say where in the source they come from', () => {
    const b = Builder.root(17);
    const x = b.input('x', 'float32', []);
    b.within('outer', () => b.within('inner', () => unary(b, 'Neg', x)));
    b.within('failing', () =>
      expect(() =>
        b.within('x', () => {
          throw new Error('no');
        }),
      ).toThrow(),
    );
    unary(b, 'Abs', x);
    expect(b.graph('g').nodes.map(({ name }) => name)).toEqual(['inner/Neg', 'Abs']);
  });
});

describe('the body of a loop', () => {
  it('sees what its parent holds, and keeps its own Transposes', () => {
    const b = Builder.root(17);
    const x = anyInput(b, 'float32', [1, 2, 3, 4]);
    const outer = b.hold(x, NCHW);
    const body = b.child();
    expect(body.hold(x, NCHW)).toBe(outer);
    body.hold(x, [3, 2, 1, 0]);
    expect([opsOf(b), opsOf(body)]).toEqual([['Transpose'], ['Transpose']]);
    expect(b.hold(x, [3, 2, 1, 0])).not.toBe(body.hold(x, [3, 2, 1, 0]));
  });

  it('has its constants in the main graph', () => {
    const b = Builder.root(17);
    const body = b.child();
    const name = body.hold(b.numbers([1, 2], 'float32'));
    expect(b.graph('g').initializers.has(name)).toBe(true);
    expect(body.graph('body').initializers.size).toBe(0);
  });

  it('of a rehearsal leaves nothing behind', () => {
    const b = Builder.root(17);
    b.rehearsal().hold(b.numbers([1, 2], 'float32'));
    expect(b.graph('g').initializers.size).toBe(0);
  });
});

it('outputs carry the exact name and what is known of the shape', () => {
  const b = Builder.root(17);
  b.reserve('y');
  b.output('y', anyInput(b, 'float32', ['n', 2]));
  expect(b.graph('g').outputs).toEqual([
    { name: 'y', type: { kind: 'tensor', elementType: 'float32', shape: ['n', 2] } },
  ]);
});

it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('no value has the size %s', (size) => {
  const b = Builder.root(17);
  expect(() => b.named('y', 'float32', ['n', size])).toThrow(Unconvertible);
});

it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY])('no attribute is %s', (value) => {
  const b = Builder.root(17);
  expect(() => b.node('Conv', ['x'], { group: value })).toThrow(Unconvertible);
  expect(() => b.node('Conv', ['x'], { strides: [1, value] })).toThrow('only whole numbers');
});

it('knows the types of what nodes made, as they are held', () => {
  const b = Builder.root(17);
  const x = b.input('x', 'float32', ['n', 4, 4, 3]);
  const moved = b.named('held', 'float32', ['n', 4, 4, 3], [0, 3, 1, 2]);
  const turned = b.hold(x, [0, 3, 1, 2]);
  const sum = b.emit('Add', [turned, 'held'], 'float32', ['n', 4, 4, 3], { order: [0, 3, 1, 2] });
  b.output('y', sum);
  const shapeOf = (name: string) => {
    const type = b.types.get(name);
    return type?.kind === 'tensor' ? type.shape : undefined;
  };
  expect(shapeOf(b.hold(moved, [0, 3, 1, 2]))).toEqual(['n', 3, 4, 4]);
  expect(shapeOf(turned)).toEqual(['n', 3, 4, 4]);
  expect(shapeOf(b.hold(sum, [0, 3, 1, 2]))).toEqual(['n', 3, 4, 4]);
  expect(shapeOf('y')).toEqual(['n', 4, 4, 3]);
  // Bodies share the names of the main graph, and what is tried leaves nothing.
  const inner = b.child().emit('Neg', ['x'], 'float32', [2]);
  expect(shapeOf(b.hold(inner))).toEqual([2]);
  const before = b.types.size;
  b.rehearsal().emit('Neg', ['x'], 'float32', [2]);
  expect(b.types.size).toBe(before);
});
