import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError, ModelError } from '../../../shared/base/errors.ts';
import { joinSources, ShardFiles } from '../../../shared/formats/tfjs/shards.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import { folderOf } from './_model.ts';

describe('several shards read as one', () => {
  const joined = joinSources(
    [[0, 1, 2], [], [3], [4, 5, 6, 7]].map((part) => memorySource(Uint8Array.from(part))),
  );

  test.each([
    [0, 8],
    [2, 3],
    [3, 1],
    [4, 4],
    [8, 0],
  ])('from %i, %i bytes', (offset, length) => {
    expect([...joined.read(offset, length)]).toEqual(
      Array.from({ length }, (_, index) => offset + index),
    );
  });

  test.each([
    [0, 9],
    [-1, 2],
    [9, 0],
  ])('from %i, %i bytes is refused', (offset, length) => {
    expect(() => joined.read(offset, length)).toThrow(ModelError);
  });
});

describe('files of shards', () => {
  const folder = folderOf({}, { 'a.bin': Uint8Array.of(1, 2), 'b.bin': Uint8Array.of(3) });
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'sub', 'c.bin'), Uint8Array.of(4));
  writeFileSync(join(dirname(folder), 'outside.bin'), 'x');
  symlinkSync(join(dirname(folder), 'outside.bin'), join(folder, 'link.bin'));
  writeFileSync(
    join(folder, 'lfs.bin'),
    `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`,
  );

  test('are opened once and follow each other', () => {
    const files = new ShardFiles(folder);
    const source = files.open(['a.bin', 'b.bin', 'sub/c.bin', 'a.bin']);
    expect([...source.read(0, source.size)]).toEqual([1, 2, 3, 4, 1, 2]);
    expect(files.paths).toHaveLength(3);
    files.close();
    expect(() => source.read(0, 1)).toThrow(InputError);
  });

  test('all that are missing are named', () => {
    expect(() => new ShardFiles(folder).open(['x.bin', 'a.bin', 'y.bin'])).toThrow(
      /lie in x\.bin, y\.bin, which are not beside model\.json/,
    );
  });

  test.each([
    ['../outside.bin', /no file inside/],
    ['/etc/passwd', /no file inside/],
    ['link.bin', /no file inside/],
    ['sub', /no file inside/],
    ['https://example.org/a.bin', /nothing is fetched/],
    ['file:///etc/passwd', /nothing is fetched/],
    ['lfs.bin', /Git LFS pointer/],
  ])('%s is refused', (path, message) => {
    expect(() => new ShardFiles(folder).open([path])).toThrow(message);
  });
});
