import { expect, it } from 'vitest';
import { readStringEntry, writeStringEntries } from '../../../shared/onnx/wire/string-entries.ts';
import { readerOf, UNKNOWN_FIELD, writtenBytes } from './_messages.ts';

function readAll(bytes: readonly number[]): Map<string, string> | undefined {
  const reader = readerOf(bytes);
  let entries: Map<string, string> | undefined;
  while (reader.next()) entries = readStringEntry(reader, entries);
  return entries;
}

it('writes entries in their order, and reads them', () => {
  const entries = new Map([
    ['b', '1'],
    ['a', ''],
  ]);
  const bytes = writtenBytes((sink, map) => writeStringEntries(sink, 14, map), entries);
  expect([...bytes]).toEqual([0x72, 6, 0x0a, 1, 98, 0x12, 1, 49, 0x72, 5, 0x0a, 1, 97, 0x12, 0]);
  expect([...(readAll([...bytes]) ?? [])]).toEqual([...entries]);
});

it('keeps the last value of a key, and refuses what a map cannot hold', () => {
  expect(readAll([0x72, 5, 0x0a, 1, 97, 0x12, 0, 0x72, 6, 0x0a, 1, 97, 0x12, 1, 49])).toEqual(
    new Map([['a', '1']]),
  );
  expect(() => readAll([0x72, 6, ...UNKNOWN_FIELD])).toThrow('fields of a later schema');
});
