import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { makeTempDir, removeTempDir } from '../../shared/base/files.ts';
import { findInside } from '../../shared/base/inside-folder.ts';

const root = makeTempDir('inside');
const folder = join(root, 'model');
mkdirSync(join(folder, 'parts'), { recursive: true });
writeFileSync(join(root, 'secret'), 'x');
writeFileSync(join(folder, 'parts', 'a.bin'), 'x');
symlinkSync(join(root, 'secret'), join(folder, 'link.bin'));
symlinkSync(join(folder, 'parts', 'a.bin'), join(folder, 'inner.bin'));
afterAll(() => removeTempDir(root));

describe('a file that a model names', () => {
  test.each([
    ['parts/a.bin', 'file'],
    ['./parts/a.bin', 'file'],
    ['inner.bin', 'file'],
    ['missing.bin', 'missing'],
    ['../secret', 'outside'],
    ['parts/../../secret', 'outside'],
    ['/etc/passwd', 'outside'],
    ['C:\\secret', 'outside'],
    ['..\\secret', 'outside'],
    ['a\0b', 'outside'],
    ['', 'outside'],
    ['link.bin', 'link'],
    ['parts', 'special'],
    ['a'.repeat(300), 'too-long'],
  ])('%j is %s', (location, kind) => {
    expect(findInside(folder, location).kind).toBe(kind);
  });

  test('its path is the real one', () => {
    const found = findInside(folder, 'inner.bin');
    expect(found).toMatchObject({ kind: 'file', path: expect.stringMatching(/parts.a\.bin$/) });
  });
});
