import { describe, expect, test } from 'vitest';
import { changedPaths, filesAt, readTrees } from '../../../action/changes/commit-tree.ts';
import type { RepositoryReader, TreeEntry } from '../../../action/github/repository.ts';
import { BASE, type Contents, HEAD, repositoryOf } from '../_commits.ts';

const nothing = (): boolean => false;
const commits = { base: BASE, head: HEAD };

test('two listings give both commits', async () => {
  const reader = repositoryOf({ base: { 'a/x': '1', y: '2' }, head: { 'a/x': '1', z: '3' } });
  const trees = await readTrees(reader, commits, nothing);
  expect([...trees.head.files.keys()]).toEqual(['a/x', 'z']);
  expect([...(trees.base?.files.keys() ?? [])]).toEqual(['a/x', 'y']);
  expect([...trees.head.objects.values()][1]).toMatchObject({ key: 'z', bytes: 1 });
  expect(trees.isComplete).toBe(true);
  expect(reader.calls).toEqual(['tree head recursive', 'tree base recursive']);
});

test('changed paths are those that differ, are new, or are gone', async () => {
  const reader = repositoryOf({
    base: { same: '1', other: '1', gone: '1' },
    head: { same: '1', other: '2', fresh: '1' },
  });
  const trees = await readTrees(reader, commits, nothing);
  expect([...changedPaths(trees)].sort()).toEqual(['fresh', 'gone', 'other']);
  expect([...changedPaths({ ...trees, base: undefined })].sort()).toEqual([
    'fresh',
    'other',
    'same',
  ]);
});

test('a path is a file, or all files of a folder', async () => {
  const head = { 'a/x': '1', 'a/b/y': '1', 'ab/z': '1' };
  const trees = await readTrees(repositoryOf({ head }), { base: undefined, head: HEAD }, nothing);
  const paths = (path: string): string[] => filesAt(trees.head, path).map((file) => file.path);
  expect(paths('a/x')).toEqual(['a/x']);
  expect(paths('a')).toEqual(['a/x', 'a/b/y']);
  expect(paths('')).toHaveLength(3);
  expect(paths('b')).toEqual([]);
});

describe('a repository beyond the bound of one listing', () => {
  const same: Contents = { 'same/deep/x': '1', 'same/y': '1', 'left/z': '1' };
  const base = { ...same, 'new/a/b': '1', 'new/c': '1' };
  const head = { ...same, 'new/a/b': '2', 'new/c': '1' };

  test('is listed where the commits differ', async () => {
    const reader = repositoryOf({ base, head }, { mostEntries: 2 });
    const trees = await readTrees(reader, commits, nothing);
    expect([...changedPaths(trees)]).toEqual(['new/a/b']);
    expect([...trees.head.files.keys()].sort()).toEqual(['new/a/b', 'new/c']);
    expect(trees.isComplete).toBe(false);
  });

  test('and where somebody needs it', async () => {
    const reader = repositoryOf({ base, head }, { mostEntries: 2 });
    const trees = await readTrees(reader, commits, (folder) => 'same/deep/x'.startsWith(folder));
    expect([...trees.head.files.keys()].sort()).toEqual([
      'new/a/b',
      'new/c',
      'same/deep/x',
      'same/y',
    ]);
    expect(trees.base?.files.get('same/y')?.blob).toBe(trees.head.files.get('same/y')?.blob);
  });

  test('too many folders that changed are a limit', async () => {
    const many = (value: string): Contents =>
      Object.fromEntries(Array.from({ length: 250 }, (_, at) => [`d${at}/x`, value]));
    const reader = repositoryOf({ base: many('1'), head: many('2') }, { mostEntries: 2 });
    await expect(readTrees(reader, commits, nothing)).rejects.toThrow('too many folders');
  });
});

test('links, submodules and paths that lead elsewhere are left out', async () => {
  const entry = (path: string, kind: TreeEntry['kind'] = 'file'): TreeEntry => ({
    path,
    kind,
    id: 'c'.repeat(40),
    bytes: 1,
  });
  const entries = [
    entry('good/file.onnx'),
    entry('link.onnx', 'other'),
    entry('../up.onnx'),
    entry('a/../../up.onnx'),
    entry('/root.onnx'),
    entry('a//b.onnx'),
    entry('back\\slash.onnx'),
    entry('C:/x.onnx'),
    entry('line\nbreak.onnx'),
    entry(`${'long'.repeat(100)}.onnx`),
  ];
  const reader: Pick<RepositoryReader, 'tree'> = {
    tree: async () => ({ entries, isTruncated: false }),
  };
  const trees = await readTrees(
    { ...repositoryOf({}), ...reader },
    { base: undefined, head: HEAD },
    nothing,
  );
  expect([...trees.head.files.keys()]).toEqual(['good/file.onnx']);
});
