import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { makeTempDir, removeTempDir } from '../../../shared/base/files.ts';
import { differences, mergedFiles } from './difference.ts';
import { EXECUTABLE, FILE, GitObjects, type Leaf } from './git-objects.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) removeTempDir(folder);
});

/** The files as leaves of a tree. */
function filesOf(objects: GitObjects, files: Readonly<Record<string, string>>) {
  const leaves = new Map<string, Leaf>();
  for (const [path, text] of Object.entries(files))
    leaves.set(path, {
      mode: path.endsWith('.sh') ? EXECUTABLE : FILE,
      sha: objects.addBlob(text),
    });
  return leaves;
}

describe('ids', () => {
  const files = {
    'a/b.txt': 'b\n',
    'a.txt': 'sorts before the folder',
    a0: 'sorts after it',
    'a/c/d.txt': 'd',
    'run.sh': '#!/bin/sh\n',
    'ünïcode ☃.txt': '',
  };

  it('are those of git itself', () => {
    const folder = makeTempDir('git');
    folders.push(folder);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text, { mode: path.endsWith('.sh') ? 0o755 : 0o644 });
    }
    const date = '2026-01-02T03:04:05Z';
    const git = (...args: string[]): string =>
      execFileSync('git', args, {
        cwd: folder,
        encoding: 'utf8',
        env: {
          PATH: process.env.PATH,
          HOME: folder,
          GIT_AUTHOR_NAME: 'octo',
          GIT_AUTHOR_EMAIL: 'octo@users.noreply.github.com',
          GIT_COMMITTER_NAME: 'octo',
          GIT_COMMITTER_EMAIL: 'octo@users.noreply.github.com',
          GIT_AUTHOR_DATE: date,
          GIT_COMMITTER_DATE: date,
        },
      }).trim();
    git('init', '--quiet');
    git('add', '.');
    const objects = new GitObjects();
    const tree = objects.addFiles(filesOf(objects, files));
    expect(git('write-tree')).toBe(tree);
    const commit = objects.addCommit({
      tree,
      parents: [],
      message: 'first\n',
      author: 'octo',
      date: new Date(date),
    });
    expect(git('commit-tree', tree, '-m', 'first')).toBe(commit.sha);
  });

  it('lead back to all files', () => {
    const objects = new GitObjects();
    const leaves = filesOf(objects, files);
    const found = objects.files(objects.addFiles(leaves));
    expect(new Map([...found].toSorted())).toEqual(new Map([...leaves].toSorted()));
  });
});

describe('differences', () => {
  const objects = new GitObjects();
  const treeOf = (files: Readonly<Record<string, string>>) =>
    objects.addFiles(filesOf(objects, files));

  it('name what was added, changed, moved and removed, in order', () => {
    const before = treeOf({ changed: '1', moved: '2', removed: '3', same: '4' });
    const after = treeOf({ changed: '5', elsewhere: '2', same: '4', added: '6' });
    expect(
      differences(objects, before, after).map(({ path, status, previousPath }) => [
        path,
        status,
        previousPath,
      ]),
    ).toEqual([
      ['added', 'added', undefined],
      ['changed', 'modified', undefined],
      ['elsewhere', 'renamed', 'moved'],
      ['removed', 'removed', undefined],
    ]);
  });

  it('merge: what the head changed, upon what the base has by now', () => {
    const base = treeOf({ a: '1', b: '1', gone: '1' });
    const ours = treeOf({ a: '1', b: '2', gone: '1', ours: '1' });
    const theirs = treeOf({ a: '2', b: '1', theirs: '1' });
    const merged = objects.addFiles(mergedFiles(objects, { base, ours, theirs }));
    expect(merged).toBe(treeOf({ a: '2', b: '2', ours: '1', theirs: '1' }));
  });
});
