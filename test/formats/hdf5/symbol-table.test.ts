import { expect, it } from 'vitest';
import { Cursor } from '../../../shared/formats/hdf5/file-bytes.ts';
import { readSymbolTable } from '../../../shared/formats/hdf5/symbol-table.ts';
import { fileBytes, written } from './_files.ts';

const NAMES = 'one\0soft\0/x\0end';
const heap = written('HEAP', [0, 4], [NAMES.length, 8], [0, 8], [32, 8], NAMES);
const TREE = heap.length;

const node = (level: number, ...children: readonly number[]) =>
  written(
    ...(['TREE', [0, 1], [level, 1], [children.length, 2], [0, 16]] as const),
    ...children.flatMap(
      (child) =>
        [
          [0, 8],
          [child, 8],
        ] as const,
    ),
  );
/** `[name, object, kind, path]` each. */
const table = (...entries: readonly (readonly [number, number, number, number])[]) =>
  written(
    ...(['SNOD', [1, 2], [entries.length, 2]] as const),
    ...entries.flatMap(
      ([name, object, kind, path]) =>
        [
          [name, 8],
          [object, 8],
          [kind, 4],
          [0, 4],
          [path, 16],
        ] as const,
    ),
  );

function read(...rest: readonly Uint8Array[]) {
  const file = fileBytes(Buffer.concat([heap, ...rest]));
  return readSymbolTable(file, new Cursor('m.h5', 'it', written([TREE, 8], [0, 8])));
}

const ENTRIES = table([0, 77, 0, 0], [4, 0, 2, 9]);

it('names lead to objects and to paths, below nodes of any level', () => {
  const wanted = [
    ['one', { kind: 'hard', address: 77 }],
    ['soft', { kind: 'soft', path: '/x' }],
  ];
  expect([...read(node(0, TREE + 40), ENTRIES)]).toEqual(wanted);
  expect([...read(node(1, TREE + 40), node(0, TREE + 80), ENTRIES)]).toEqual(wanted);
  expect([...read(node(0))]).toEqual([]);
});

it.each([
  ['a tree in a circle', [node(1, TREE)]],
  ['a level that does not go down', [node(1, TREE + 40), node(1, TREE)]],
  ['a table that is named twice', [node(0, TREE + 56, TREE + 56), ENTRIES]],
  ['a name outside of the heap', [node(0, TREE + 40), table([99, 77, 0, 0])]],
  ['a name without an end', [node(0, TREE + 40), table([12, 77, 0, 0])]],
  ['more entries than there are', [node(0, TREE + 40), ENTRIES.slice().fill(9, 6, 7)]],
] as const)('%s is damage', (_, rest) => {
  expect(() => read(...rest)).toThrow('is damaged');
});

it('many names that share their bytes come to an end', () => {
  const long = 'x'.repeat(60_000);
  const names = written('HEAP', [0, 4], [60_001, 8], [0, 8], [32, 8], long, [0, 1]);
  const entries = Array.from({ length: 1000 }, (_, at) => [at, 7, 0, 0] as const);
  const at = names.length;
  const file = fileBytes(Buffer.concat([names, node(0, at + 40), table(...entries)]));
  const message = new Cursor('m.h5', 'it', written([at, 8], [0, 8]));
  expect(() => readSymbolTable(file, message)).toThrow('leads in circles');
});
