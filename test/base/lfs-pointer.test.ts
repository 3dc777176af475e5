import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseLfsPointer, resolveLfsPointer } from '../../shared/base/lfs-pointer.ts';
import { useTempFolder } from '../measure/data/temp-folder.ts';

const temp = useTempFolder();
const content = new TextEncoder().encode('the real bytes');
const sha256 = createHash('sha256').update(content).digest('hex');
const pointer = (bytes = content.length): string =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${bytes}\n`;

function putObject(gitFolder: string): string {
  const folder = temp(gitFolder, 'lfs', 'objects', sha256.slice(0, 2), sha256.slice(2, 4));
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/${sha256}`, content);
  return `${folder}/${sha256}`;
}

describe('parseLfsPointer', () => {
  it('knows pointers from other files', () => {
    const encode = (text: string) => new TextEncoder().encode(text);
    expect(parseLfsPointer(encode(pointer()))).toEqual({ sha256, bytes: content.length });
    expect(
      parseLfsPointer(encode(pointer().replace('size', 'ext-0-foo sha256:aa\nsize'))),
    ).toBeDefined();
    expect(
      parseLfsPointer(encode('version https://git-lfs.github.com/spec/v1\nsize 3\n')),
    ).toBeUndefined();
    expect(parseLfsPointer(encode(`${pointer()}${' '.repeat(1024)}`))).toBeUndefined();
    expect(parseLfsPointer(content)).toBeUndefined();
  });
});

describe('resolveLfsPointer', () => {
  it('leaves other files as they are', async () => {
    writeFileSync(temp('plain'), content);
    expect(await resolveLfsPointer(temp('plain'))).toBe(temp('plain'));
  });

  it('finds the object in the repository above, also of a worktree', async () => {
    const object = putObject('repo/.git');
    mkdirSync(temp('repo', 'deep', 'er'), { recursive: true });
    writeFileSync(temp('repo', 'deep', 'er', 'data.npz'), pointer());
    expect(await resolveLfsPointer(temp('repo', 'deep', 'er', 'data.npz'))).toBe(object);

    mkdirSync(temp('repo', '.git', 'worktrees', 'w'), { recursive: true });
    writeFileSync(temp('repo', '.git', 'worktrees', 'w', 'commondir'), '../..\n');
    mkdirSync(temp('worktree'));
    writeFileSync(temp('worktree', '.git'), `gitdir: ${temp('repo', '.git', 'worktrees', 'w')}\n`);
    writeFileSync(temp('worktree', 'data.npz'), pointer());
    expect(await resolveLfsPointer(temp('worktree', 'data.npz'))).toBe(object);
  });

  it('says what to run where the object is missing or cut off', async () => {
    mkdirSync(temp('other', '.git'), { recursive: true });
    writeFileSync(temp('other', 'data.npz'), pointer());
    const hint = 'Run: git lfs pull --include "data.npz"';
    await expect(resolveLfsPointer(temp('other', 'data.npz'))).rejects.toMatchObject({
      exitCode: 2,
      hint,
    });
    writeFileSync(temp('repo', 'short.npz'), pointer(99));
    await expect(resolveLfsPointer(temp('repo', 'short.npz'))).rejects.toThrow(
      /Git LFS pointer, its 99 bytes/,
    );
  });
});
