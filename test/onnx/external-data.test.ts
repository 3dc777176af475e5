import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError, ModelError } from '../../shared/base/errors.ts';
import { ExternalFiles, ExternalLocations } from '../../shared/onnx/external-data.ts';

const top = mkdtempSync(join(tmpdir(), 'fettle-external-'));
afterAll(() => rmSync(top, { recursive: true }));
const folder = join(top, 'model');
mkdirSync(join(folder, 'weights'), { recursive: true });
writeFileSync(join(top, 'secret'), 'do not read');
writeFileSync(join(folder, 'w'), '0123456789');
writeFileSync(join(folder, 'weights', 'a..b'), 'ab');
symlinkSync('w', join(folder, 'inside'));
symlinkSync('../secret', join(folder, 'outside'));
symlinkSync('..', join(folder, 'up'));
symlinkSync('/dev/zero', join(folder, 'zero'));
execFileSync('mkfifo', [join(folder, 'pipe')]);

function resolve(entries: Record<string, string>, expected = 4) {
  const files = new ExternalFiles(folder);
  try {
    const { range, external } = files.resolve('t', new Map(Object.entries(entries)), expected);
    return [
      external.location,
      Buffer.from(range.source.read(range.offset, range.length)).toString(),
    ];
  } finally {
    files.close();
  }
}

it('finds bytes by location, offset and length; a length left out is that of the tensor', () => {
  expect(resolve({ location: 'w', offset: '2', length: '4' })).toEqual(['w', '2345']);
  expect(resolve({ location: 'w' })).toEqual(['w', '0123']);
  expect(resolve({ location: 'weights/a..b' }, 2)).toEqual(['weights/a..b', 'ab']);
  expect(resolve({ location: './inside', offset: '9' }, 1)).toEqual(['./inside', '9']);
  expect(resolve({ location: 'w', checksum: 'abc' })).toEqual(['w', '0123']);
});

describe('refuses', () => {
  it.each([
    '',
    '../secret',
    'weights/../../secret',
    'weights/../w',
    '..',
    join(top, 'secret'),
    '/etc/passwd',
    'C:\\secret',
    'c:secret',
    '..\\secret',
    'w\0',
  ])('the location %j, which leaves the folder', (location) => {
    expect(() => resolve({ location })).toThrow(ModelError);
    expect(() => resolve({ location })).toThrow("outside the model's folder");
  });

  it.each(['outside', 'up/secret', 'zero'])('%s, a link out of the folder', (location) => {
    expect(() => resolve({ location })).toThrow('a link out of');
  });

  it('what is no regular file, without waiting for a pipe', () => {
    for (const location of ['weights', 'pipe', '.'])
      expect(() => resolve({ location })).toThrow('not a regular file');
  });

  it('ranges outside the file or unlike the tensor', () => {
    expect(() => resolve({ location: 'w', offset: '7' })).toThrow('which has 10');
    expect(() => resolve({ location: 'w', offset: '9007199254740992' })).toThrow('offset');
    expect(() => resolve({ location: 'w', length: '5' })).toThrow('need 4');
    for (const offset of ['-1', '1e1', '0x1', ' 1', '', '1.0'])
      expect(() => resolve({ location: 'w', offset })).toThrow('a whole number');
  });

  it('a missing file, which is the user’s to bring', () => {
    expect(() => resolve({ location: 'gone' })).toThrow(InputError);
    expect(() => resolve({ location: 'gone' })).toThrow('not beside the model');
    expect(() => resolve({ location: 'w/below' })).toThrow(InputError);
    expect(() => resolve({ location: 'x'.repeat(5000) })).toThrow('5000 characters');
  });

  it('a Git LFS pointer in place of the weights, however few are wanted', () => {
    const sha256 = '0'.repeat(64);
    writeFileSync(
      join(folder, 'pointer'),
      `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize 4000\n`,
    );
    expect(() => resolve({ location: 'pointer' })).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringContaining("'pointer', which is a Git LFS pointer: its 4000 bytes"),
        hint: 'Run: git lfs pull --include "pointer"',
      }),
    );
  });

  it('weights beside an object of Git LFS, with the line to run', () => {
    const objects = join(folder, '.git/lfs/objects/aa/bb');
    mkdirSync(objects, { recursive: true });
    expect(() => new ExternalFiles(objects).resolve('t', new Map([['location', 'w']]), 4)).toThrow(
      expect.objectContaining({ exitCode: 2, hint: expect.stringContaining('git lfs pull') }),
    );
  });

  it('every location when the model came from memory', () => {
    const files = new ExternalFiles(undefined);
    expect(() => files.resolve('t', new Map([['location', 'w']]), 4)).toThrow(
      'not read from a folder',
    );
  });
});

it('reads from more files than it holds open', () => {
  const files = new ExternalFiles(folder);
  const ranges = Array.from({ length: 300 }, (_, index) => {
    writeFileSync(join(folder, `part-${index}`), `${index}`.padStart(4, '0'));
    return files.resolve(`t${index}`, new Map([['location', `part-${index}`]]), 4).range;
  });
  const text = ranges.map(({ source, offset, length }) =>
    Buffer.from(source.read(offset, length)).toString(),
  );
  expect(text.map(Number)).toEqual(Array.from({ length: 300 }, (_, index) => index));
  files.close();
});

it.each(['../secret', '/etc/passwd', 'a/../../secret', 'C:\\x', ''])(
  'a location out of the folder is not even noted: %j',
  (location) => {
    const locations = new ExternalLocations();
    const note = () => locations.resolve('t', new Map([['location', location]]), 4);
    expect(note).toThrow(ModelError);
    expect(note).toThrow("outside the model's folder");
    expect([...locations.found]).toEqual([]);
  },
);
