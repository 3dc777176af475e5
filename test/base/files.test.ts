import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InputError, LimitError } from '../../shared/base/errors.ts';
import {
  checkWritable,
  explainFileError,
  explainReadError,
  explainWriteError,
  makeFolder,
  makeTempDir,
  withTempDir,
  writeFileAtomically,
} from '../../shared/base/files.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fettle-test-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const failure = (code: string): Error => Object.assign(new Error(code), { code });

describe('writeFileAtomically', () => {
  test('makes folders, replaces, and leaves nothing beside', async () => {
    const path = join(dir, 'a', 'b.txt');
    await writeFileAtomically(path, 'one');
    await writeFileAtomically(path, 'two');
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(readdirSync(join(dir, 'a'))).toEqual(['b.txt']);
  });

  test('a file where a folder is needed is the user’s mistake', async () => {
    writeFileSync(join(dir, 'file'), '');
    await expect(writeFileAtomically(join(dir, 'file', 'x'), 'y')).rejects.toThrow(InputError);
    expect(readdirSync(dir)).toEqual(['file']);
  });

  test('a folder in the place is not replaced and no part stays', async () => {
    await writeFileAtomically(join(dir, 'a', 'b'), 'x');
    await expect(writeFileAtomically(join(dir, 'a'), 'y')).rejects.toThrow(/cannot write/);
    expect(readdirSync(dir)).toEqual(['a']);
  });
});

describe('temporary folders', () => {
  test('are removed after the work, and when it throws', async () => {
    let seen = '';
    await expect(
      withTempDir('test', async (folder) => {
        seen = folder;
        writeFileSync(join(folder, 'x'), '1');
        throw new Error('stop');
      }),
    ).rejects.toThrow('stop');
    expect(existsSync(seen)).toBe(false);
  });

  test('are removed when the process exits', () => {
    const script = `
      import { makeTempDir } from ${JSON.stringify(new URL('../../shared/base/files.ts', import.meta.url).href)};
      process.stdout.write(makeTempDir('exit'));
      process.exit(3);`;
    let folder = '';
    try {
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    } catch (error) {
      folder = String((error as { stdout: unknown }).stdout);
    }
    expect(folder).toContain('fettle-exit-');
    expect(existsSync(folder)).toBe(false);
  });

  test('that cannot be made are explained', () => {
    writeFileSync(join(dir, 'file'), '');
    expect(() => makeTempDir('x', join(dir, 'file', 'below'))).toThrow(InputError);
  });
});

test('whether a folder could be written is asked without writing anything that stays', () => {
  checkWritable(join(dir, 'a', 'b'));
  expect(readdirSync(dir)).toEqual([]);
  writeFileSync(join(dir, 'file'), '');
  expect(() => checkWritable(join(dir, 'file'))).toThrow(InputError);
  expect(() => checkWritable(join(dir, 'file', 'below'))).toThrow(InputError);
  expect(readdirSync(dir)).toEqual(['file']);
});

describe('explained errors', () => {
  test.each([
    ['ENOSPC', LimitError],
    ['EROFS', InputError],
    ['EISDIR', InputError],
  ])('writing: %s', (code, kind) => {
    expect(explainWriteError(failure(code), 'out/x')).toBeInstanceOf(kind);
  });

  test('reading: a missing file; anything else stays as it is', () => {
    expect(explainReadError(failure('ENOENT'), 'm.onnx')).toMatchObject({
      exitCode: 2,
      message: 'm.onnx does not exist',
    });
    const other = failure('EIO');
    expect(explainReadError(other, 'm.onnx')).toBe(other);
  });
});

describe('makeFolder', () => {
  test('makes what is missing, and takes what is there', () => {
    makeFolder(join(dir, 'a', 'b'));
    makeFolder(join(dir, 'a', 'b'));
    expect(readdirSync(dir)).toEqual(['a']);
  });

  test.runIf(process.platform === 'linux')('ends where nothing can be made', () => {
    expect(() => makeFolder('/proc/fettle/a/b')).toThrow(InputError);
  });
});

test.each([
  ['EACCES', 2],
  ['ENOSPC', 4],
  ['EMFILE', 4],
])('an error that nobody explained: %s', (code, exitCode) => {
  const error = Object.assign(failure(code), { path: '/data/x.npz' });
  expect(explainFileError(error)).toMatchObject({
    exitCode,
    message: expect.stringContaining('/data/x.npz'),
  });
  const nameless = failure(code);
  expect(explainFileError(nameless)).toBe(nameless);
});
