import { expect, it } from 'vitest';
import { compareUtf8, SortedKeys } from './sorted-keys.ts';

const KEYS = ['', 'a', 'a/', 'a/b', 'ab', 'b', '~', 'é', '\ud7ff', '\ue000', '\uffee', '😀', 'a😀'];

it('orders as UTF-8 does', () => {
  for (const a of KEYS)
    for (const b of KEYS)
      expect(Math.sign(compareUtf8(a, b)), `${a} ${b}`).toBe(
        Buffer.compare(Buffer.from(a), Buffer.from(b)),
      );
});

it('gives keys below a prefix, after a key, each once', () => {
  const keys = new SortedKeys();
  for (const key of ['b/2', 'a', 'b/1', 'b/10', 'b/1', 'c']) keys.add(key);
  expect([...keys.from('')]).toEqual(['a', 'b/1', 'b/10', 'b/2', 'c']);
  expect([...keys.from('b/')]).toEqual(['b/1', 'b/10', 'b/2']);
  expect([...keys.from('b/', 'b/1')]).toEqual(['b/10', 'b/2']);
  expect([...keys.from('b/', 'b/11')]).toEqual(['b/2']);
  expect([...keys.from('', 'c')]).toEqual([]);
  keys.delete('b/10');
  keys.delete('never');
  expect([...keys.from('b/')]).toEqual(['b/1', 'b/2']);
});
