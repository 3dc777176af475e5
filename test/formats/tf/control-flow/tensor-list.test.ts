import { describe, expect, it } from 'vitest';
import { TensorList } from '../../../../shared/formats/tf/control-flow/list-value.ts';
import { isValue, type TfValue } from '../../../../shared/formats/tf/op.ts';
import { caseNamed, errorOf, modelOf, opsOf } from './_cases.ts';
import { apply, builder, typed } from './_graph.ts';

const list = (value: TfValue | undefined): TensorList => {
  if (value instanceof TensorList) return value;
  throw new Error('no list');
};
const known = (value: TfValue | undefined) => (isValue(value) ? value.known : undefined);

describe('lists of tensors', () => {
  it.each(['list unrolled', 'list concat', 'list concat dense'])(
    '%s gives what TensorFlow gives',
    async (name) => {
      const example = caseNamed(name);
      expect(await errorOf(modelOf(example.graph), example)).toBe(0);
    },
  );

  it('written outside of loops become one Concat', () => {
    expect(opsOf(modelOf(caseNamed('list concat').graph))).not.toHaveProperty('ScatterND');
  });

  it('are reserved, written, read and measured', () => {
    const b = builder();
    const [reserved] = apply(
      b,
      'TensorListReserve',
      [b.numbers([-1, 2], 'int32'), b.scalar(2, 'int32')],
      {
        element_dtype: typed('int32'),
      },
    );
    expect(list(reserved).element).toEqual([null, 2]);
    const item = b.numbers([5, 6], 'int32', [1, 2]);
    const [written] = apply(b, 'TensorListSetItem', [list(reserved), b.scalar(1, 'int32'), item]);
    expect(apply(b, 'TensorListGetItem', [list(written), b.scalar(1, 'int32')])[0]).toBe(item);
    expect(known(apply(b, 'TensorListLength', [list(written)])[0])).toEqual([2]);
    expect(known(apply(b, 'TensorListElementShape', [list(reserved)])[0])).toEqual([-1, 2]);
  });

  it('grow and shrink at their end', () => {
    const b = builder();
    const [empty] = apply(b, 'EmptyTensorList', [b.numbers([1], 'int32'), b.scalar(-1, 'int32')], {
      element_dtype: typed('int32'),
    });
    const item = b.numbers([7], 'int32');
    const [one] = apply(b, 'TensorListPushBack', [list(empty), item]);
    expect(list(one).size).toBe(1);
    const [rest, last] = apply(b, 'TensorListPopBack', [list(one)]);
    expect(last).toBe(item);
    expect(list(rest).size).toBe(0);
    expect(() => apply(b, 'TensorListPopBack', [list(rest)])).toThrow(/list that has none/);
  });

  it('of elements in order are the tensor itself', () => {
    const b = builder();
    const tensor = b.input('x', 'float32', [2, 3]);
    const [made] = apply(
      b,
      'TensorListScatterV2',
      [tensor, b.numbers([0, 1], 'int32'), b.numbers([3], 'int32'), b.scalar(-1, 'int32')],
      { element_dtype: typed('float32') },
    );
    expect(apply(b, 'TensorListStack', [list(made), b.numbers([3], 'int32')])[0]).toBe(tensor);
  });

  it.each<[string, (b: ReturnType<typeof builder>) => TfValue[], RegExp]>([
    [
      'TensorListGetItem',
      (b) => [b.scalar(1, 'int32'), b.scalar(0, 'int32')],
      /no list of tensors/,
    ],
    ['TensorListGetItem', (b) => [listFrom(b), b.scalar(9, 'int32')], /element 9 of a list of 1/],
    [
      'TensorListSetItem',
      (b) => [listFrom(b), b.scalar(-1, 'int32'), b.scalar(1, 'int32')],
      /element -1/,
    ],
    [
      'TensorListSplit',
      (b) => [b.scalar(1, 'int32'), b.scalar(1, 'int32'), b.input('n', 'int32', [1])],
      /list of lengths/,
    ],
  ])('%s refuses what makes no sense', (op, inputs, message) => {
    const b = builder();
    expect(() => apply(b, op, inputs(b))).toThrow(message);
  });
});

function listFrom(b: ReturnType<typeof builder>): TensorList {
  const [empty] = apply(b, 'EmptyTensorList', [b.scalar(-1, 'int32'), b.scalar(-1, 'int32')], {
    element_dtype: typed('int32'),
  });
  return list(apply(b, 'TensorListPushBack', [list(empty), b.scalar(3, 'int32')])[0]);
}
