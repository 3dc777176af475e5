import { expect, it } from 'vitest';
import { DefectError } from '../../shared/base/errors.ts';
import { NodeList } from '../../shared/onnx/node-list.ts';
import { node } from './_build.ts';

const [a, b, c, d] = [node('a', [], []), node('b', [], []), node('c', [], []), node('d', [], [])];
const letters = (list: NodeList): string => [...list.values()].map((n) => n.opType).join('');

it('keeps order under insertion, removal and swap', () => {
  const list = new NodeList([a, c]);
  list.insertAfter(a, b);
  list.insertBefore(null, d);
  expect([letters(list), list.size]).toEqual(['abcd', 4]);
  list.remove(a);
  list.swap(c, a);
  expect(letters(list)).toBe('bad');
  expect([list.after(a), list.after(d)]).toEqual([d, null]);
});

it('a walk survives the removal of everything around it', () => {
  const list = new NodeList([a, b, c, d]);
  const seen: string[] = [];
  for (const n of list.values()) {
    seen.push(n.opType);
    if (n === b) for (const gone of [a, b, c]) list.remove(gone);
  }
  expect(seen).toEqual(['a', 'b', 'd']);
});

it('refuses nodes that are not there, and the same node twice', () => {
  const list = new NodeList([a]);
  expect(() => list.remove(b)).toThrow(DefectError);
  expect(() => list.insertBefore(null, a)).toThrow(/in the graph already/);
});
