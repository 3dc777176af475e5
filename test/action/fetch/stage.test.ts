import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTrees } from '../../../action/changes/commit-tree.ts';
import type { RepositoryFile } from '../../../action/changes/model-change.ts';
import type { LfsObject } from '../../../action/github/lfs.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { BASE, type Contents, HEAD, pointerTo, repositoryOf, stageOf } from '../_commits.ts';

async function _staged(
  commits: { base?: Contents; head?: Contents },
  options: Parameters<typeof stageOf>[1] = {},
) {
  const reader = repositoryOf(commits);
  const trees = await readTrees(reader, { base: BASE, head: HEAD }, () => false);
  reader.calls.length = 0;
  const file = (side: 'base' | 'head', path: string): RepositoryFile => {
    const found = trees[side]?.files.get(path);
    if (!found) throw new Error(path);
    return found;
  };
  const stage = stageOf(reader, options);
  const text = (side: 'base' | 'head', path: string): string =>
    readFileSync(join(stage.root(side), path), 'utf8');
  return { stage, file, text, calls: reader.calls };
}

test('both commits have folders of their own, with the paths of the repository', async () => {
  const { stage, file, text } = await _staged({
    base: { 'm/a.onnx': 'old' },
    head: { 'm/a.onnx': 'new' },
  });
  await stage.files('base', [file('base', 'm/a.onnx')]);
  await stage.files('head', [file('head', 'm/a.onnx')]);
  expect([text('base', 'm/a.onnx'), text('head', 'm/a.onnx')]).toEqual(['old', 'new']);
});

test('what is the same is asked for once', async () => {
  const contents = { 'a.onnx': 'same', 'b.onnx': 'same', 'c.onnx': 'other' };
  const { stage, file, text, calls } = await _staged({ base: contents, head: contents });
  const all = (side: 'base' | 'head') => Object.keys(contents).map((path) => file(side, path));
  await Promise.all([stage.files('head', all('head')), stage.files('base', all('base'))]);
  await stage.files('head', all('head'));
  expect(calls.sort()).toEqual(['blob a.onnx', 'blob c.onnx']);
  expect(text('base', 'b.onnx')).toBe('same');
});

test('the checkout is used where it has the file', async () => {
  const workspace = makeTempDir('workspace');
  mkdirSync(join(workspace, 'm'));
  writeFileSync(join(workspace, 'm/a.onnx'), 'new');
  const { stage, file, text, calls } = await _staged(
    { base: { 'm/a.onnx': 'old' }, head: { 'm/a.onnx': 'new' } },
    { workspace },
  );
  await stage.file('head', file('head', 'm/a.onnx'));
  await stage.file('base', file('base', 'm/a.onnx'));
  expect([text('base', 'm/a.onnx'), text('head', 'm/a.onnx')]).toEqual(['old', 'new']);
  expect(calls).toEqual(['blob m/a.onnx']);
});

describe('Git LFS', () => {
  const head = {
    'a.onnx': pointerTo('weights a'),
    'b.onnx': pointerTo('weights b'),
    'c.md': 'x'.repeat(500),
  };

  test('a pointer is read for what it says, a small file once', async () => {
    const { stage, file, calls } = await _staged({ head });
    const resolved = await stage.resolve(file('head', 'a.onnx'));
    expect(resolved.lfs?.bytes).toBe(9);
    await stage.resolve(file('head', 'a.onnx'));
    expect(await stage.resolve(file('head', 'c.md'))).not.toHaveProperty('lfs');
    expect(calls).toEqual(['blob a.onnx', 'blob c.md']);
  });

  test.each([
    ['tiny', 'x'.repeat(50)],
    ['large', 'x'.repeat(2000)],
  ])('a file that is too %s for a pointer is not read', async (_, content) => {
    const { stage, file, calls } = await _staged({ head: { x: content } });
    await stage.resolve(file('head', 'x'));
    expect(calls).toEqual([]);
  });

  test('objects are asked for together', async () => {
    const asked: (readonly LfsObject[])[] = [];
    const { stage, file, text } = await _staged(
      { head },
      { lfs: ['weights a', 'weights b'], asked },
    );
    await stage.files('head', [file('head', 'a.onnx'), file('head', 'b.onnx')]);
    expect(asked.map((objects) => objects.length)).toEqual([2]);
    expect(text('head', 'b.onnx')).toBe('weights b');
  });

  test('a checkout with lfs: true has them already', async () => {
    const workspace = makeTempDir('workspace');
    writeFileSync(join(workspace, 'a.onnx'), 'weights a');
    const asked: (readonly LfsObject[])[] = [];
    const { stage, file, text } = await _staged({ head }, { workspace, asked });
    await stage.file('head', file('head', 'a.onnx'));
    expect(text('head', 'a.onnx')).toBe('weights a');
    expect(asked).toEqual([]);
  });

  test('without an address there is a reason', async () => {
    const { stage, file } = await _staged({ head }, { lfs: [] });
    await expect(stage.file('head', file('head', 'a.onnx'))).rejects.toThrow(
      'no address for a.onnx',
    );
  });
});

test('more than the disk holds is refused before it is fetched', async () => {
  const { stage, file, calls } = await _staged(
    { head: { a: 'x'.repeat(60), b: 'y'.repeat(60) } },
    { maxBytes: 100 },
  );
  await stage.file('head', file('head', 'a'));
  await expect(stage.file('head', file('head', 'b'))).rejects.toMatchObject({ exitCode: 4 });
  expect(calls).toEqual(['blob a']);
});

test('files by the hundred want a checkout', async () => {
  const names = Array.from({ length: 501 }, (_, at) => `images/${at}.png`);
  const head = Object.fromEntries(names.map((name) => [name, name]));
  const { stage, file, calls } = await _staged({ head });
  const files = names.map((name) => file('head', name));
  await expect(stage.files('head', files)).rejects.toMatchObject({
    exitCode: 4,
    hint: expect.stringContaining('actions/checkout'),
  });
  expect(calls.length).toBe(500);
});

test('text is read without a file', async () => {
  const { stage, file } = await _staged({ head: { 'fettle.yml': 'größe' } });
  expect(await stage.text(file('head', 'fettle.yml'))).toBe('größe');
});
