import { describe, expect, it } from 'vitest';
import {
  blankList,
  commonOf,
  isLengthOf,
  itemAt,
  knownNumber,
  lengthOf,
  listOf,
  pushed,
  sameNumber,
  stacked,
  withItem,
} from '../../../../shared/formats/tf/control-flow/list-ops.ts';
import { ListIsRead, TensorList } from '../../../../shared/formats/tf/control-flow/list-value.ts';
import { builder } from './_graph.ts';

const collected = (b: ReturnType<typeof builder>) =>
  new TensorList('float32', [2], b.scalar(3, 'int32'), {
    kind: 'collected',
    loop: Symbol('loop'),
    place: 0,
    write: undefined,
  });

describe('numbers that are known or not', () => {
  const b = builder();
  const free = b.input('n', 'int32', []);

  it('are read where they are known', () => {
    expect(knownNumber(b.scalar(4, 'int32'))).toBe(4);
    expect(knownNumber(free)).toBeUndefined();
    expect(knownNumber(b.numbers([1, 2], 'int32'))).toBeUndefined();
  });

  it('are the same when they are one value, one number or one name', () => {
    const rows = free.withKnown(['rows']);
    expect(sameNumber(free, free)).toBe(true);
    expect(sameNumber(b.scalar(1, 'int32'), b.scalar(1, 'int64'))).toBe(true);
    expect(sameNumber(rows, b.input('m', 'int32', []).withKnown(['rows']))).toBe(true);
    expect(sameNumber(free.withKnown([null]), b.input('k', 'int32', []).withKnown([null]))).toBe(
      false,
    );
  });
});

describe('lists', () => {
  it('of zeros are made where nothing was written', () => {
    const b = builder();
    const list = blankList('float32', [2], b.scalar(3, 'int32'));
    expect(stacked(b, list).shape).toEqual([3, 2]);
    const unknown = blankList('float32', null, b.scalar(3, 'int32'));
    expect(() => stacked(b, unknown)).toThrow(/of which size/);
  });

  it('take free sizes of elements from axes of the same name', () => {
    const b = builder();
    const list = blankList('float32', ['batch', 2], b.input('n', 'int32', []));
    expect(() => stacked(b, list)).toThrow(/of which size/);
    const source = b.input('x', 'float32', ['batch', 5]);
    expect(stacked(b, list, { among: [source] }).shape).toEqual([null, 'batch', 2]);
  });

  it('in the body of a loop are written once, and not read', () => {
    const b = builder();
    const list = collected(b);
    const index = b.input('i', 'int32', []);
    const element = b.input('e', 'float32', [2]);
    const written = withItem(b, list, index, element);
    expect(written.content).toMatchObject({ kind: 'collected', write: { index, element } });
    expect(() => withItem(b, written, index, element)).toThrow(ListIsRead);
    expect(() => itemAt(b, list, index)).toThrow(ListIsRead);
    expect(() => lengthOf(b, pushed(b, list, element))).toThrow(ListIsRead);
    expect(lengthOf(b, written).known).toEqual([3]);
  });

  it('compare their length with a number', () => {
    const b = builder();
    const list = listOf(b.input('t', 'float32', ['rows', 2]));
    const count = b.input('n', 'int32', []);
    expect(isLengthOf(list, count)).toBe(false);
    expect(isLengthOf(list, count.withKnown(['rows']))).toBe(true);
    expect(isLengthOf(listOf(b.input('u', 'float32', [null]), count), count)).toBe(true);
  });

  it('written at a computed place become one tensor', () => {
    const b = builder();
    const list = blankList('float32', null, b.scalar(3, 'int32'));
    const changed = withItem(b, list, b.input('i', 'int32', []), b.input('e', 'float32', [2]));
    expect(changed.content.kind).toBe('stacked');
    expect(changed.element).toEqual([2]);
  });
});

describe('sizes that two shapes share', () => {
  it.each([
    [
      [1, 2],
      [1, 2],
      [1, 2],
    ],
    [
      ['n', 2],
      ['n', 3],
      ['n', null],
    ],
    [[1], [1, 2], null],
    [null, [1], null],
  ])('%j and %j: %j', (a, c, common) => {
    expect(commonOf(a, c)).toEqual(common);
  });
});
