import { describe, expect, it } from 'vitest';
import { ListIsRead, TensorList } from '../../../../shared/formats/tf/control-flow/list-value.ts';
import { builder } from './_graph.ts';

describe('a list of tensors', () => {
  const b = builder();
  const row = b.numbers([1, 2], 'int32');
  const length = b.scalar(4, 'int32');

  it.each<[string, ConstructorParameters<typeof TensorList>[3], number | string | null, boolean]>([
    ['elements', { kind: 'elements', items: [row, undefined] }, 2, false],
    ['no elements yet', { kind: 'elements', items: [undefined] }, 1, true],
    ['a tensor', { kind: 'stacked', tensor: b.input('t', 'int32', ['rows', 2]) }, 'rows', false],
    ['nothing', { kind: 'blank' }, 4, true],
  ])('of %s knows its size and whether it is blank', (_, content, size, isBlank) => {
    const list = new TensorList('int32', [2], length, content);
    expect(list.size).toBe(size);
    expect(list.isBlank).toBe(isBlank);
  });

  it('is changed into another one', () => {
    const list = new TensorList('int32', null, length, { kind: 'blank' }).growing();
    const changed = list.with({ kind: 'elements', items: [row] }, { element: [2] });
    expect([list.element, changed.element]).toEqual([null, [2]]);
    expect(changed.canGrow).toBe(true);
  });

  it('that a loop has to carry is told by its place', () => {
    const key = Symbol('loop');
    expect(new ListIsRead(key, 3)).toMatchObject({ loop: key, place: 3 });
  });
});
