import { expect, it } from 'vitest';
import { readLinks } from '../../../shared/formats/hdf5/links.ts';
import { MESSAGE, ObjectHeader } from '../../../shared/formats/hdf5/object-header.ts';
import { fileBytes, type HeaderMessage, oldHeader, type Part, written } from './_files.ts';

const NOWHERE = '\xff'.repeat(8);

function links(...messages: readonly HeaderMessage[]) {
  const file = fileBytes(oldHeader(...messages));
  return readLinks(file, ObjectHeader.read(file, 0));
}

const link = (...parts: readonly Part[]) => [MESSAGE.link, written(...parts)] as const;

it('leads to objects, to paths, and out of the file', () => {
  const found = links(
    link([1, 1], [0, 1], [3, 1], 'one', [77, 8]),
    link([1, 1], [0x1d, 1], [0, 1], [5, 8], [1, 1], [3, 2], 'two', [78, 8]),
    link([1, 1], [8, 1], [1, 1], [4, 1], 'soft', [2, 2], '/x'),
    link([1, 1], [8, 1], [64, 1], [3, 1], 'out', [2, 2], 'xx'),
  );
  expect([...(found ?? [])]).toEqual([
    ['one', { kind: 'hard', address: 77 }],
    ['two', { kind: 'hard', address: 78 }],
    ['soft', { kind: 'soft', path: '/x' }],
    ['out', { kind: 'outside' }],
  ]);
});

it('a group may be empty, and other objects are none', () => {
  expect(links([MESSAGE.linkInfo, written([0, 2], NOWHERE, NOWHERE)])?.size).toBe(0);
  expect(links([MESSAGE.linkInfo, written([0, 1], [1, 1], [9, 8], NOWHERE, NOWHERE)])?.size).toBe(
    0,
  );
  expect(links([MESSAGE.layout, written([0, 8])])).toBeUndefined();
});

it.each([
  ['an object that is nowhere', link([1, 1], [0, 1], [3, 1], 'one', NOWHERE)],
  ['a name that is longer than the message', link([1, 1], [3, 1], [2 ** 60, 8], 'one', [0, 8])],
  ['another version', link([2, 1], [0, 1], [3, 1], 'one', [77, 8])],
])('%s is damage', (_, message) => {
  expect(() => links(message)).toThrow('is damaged');
});
