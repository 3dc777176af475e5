import { expect, it } from 'vitest';
import { ModelError } from '../../../../shared/base/errors.ts';
import { NodeTable } from '../../../../shared/formats/tf/proto/node-table.ts';
import { message, node, readerOf, text } from './_wire.ts';

function tableOf(...nodes: readonly (Uint8Array | readonly number[])[]): NodeTable {
  const reader = readerOf(...nodes.map((content) => message(1, content)));
  const table = new NodeTable(reader);
  while (reader.next()) table.addCurrent();
  return table;
}

it('gives nodes in any order, the same each time, and knows the others not', () => {
  const far = new Array(300).fill(0).map((_, index) => node(`n${index} = Op${index}(n0)`));
  const table = tableOf(...far);
  expect(table.size).toBe(300);
  expect([...table.keys()].slice(0, 2)).toEqual(['n0', 'n1']);
  for (const index of [299, 0, 150, 1, 298])
    expect(table.get(`n${index}`)).toMatchObject({ name: `n${index}`, op: `Op${index}` });
  expect(table.get('n7')).toBe(table.get('n7'));
  expect([...table.values()].map(({ op }) => op)).toEqual(far.map((_, index) => `Op${index}`));
  expect([table.has('n300'), table.get('n300')]).toEqual([false, undefined]);
});

it('finds the name wherever it stands, and refuses a second one', () => {
  const late = message(3, [0x61]);
  expect(tableOf([...late, ...text(1, 'z')]).get('z')?.inputs).toEqual(['a']);
  expect(() => tableOf([...text(1, 'a'), ...text(1, 'b')]).get('a')).toThrow('has two names');
  expect(() => tableOf(node('a = NoOp()'), node('a = NoOp()'))).toThrow("two nodes are named 'a'");
});

it('does not look into nodes that are broken and not needed', () => {
  const table = tableOf([...text(1, 'broken'), 0x12, 0x7f], node('y = Neg(x)'));
  expect(table.get('y')?.inputs).toEqual(['x']);
  expect(() => table.get('broken')).toThrow(ModelError);
});
