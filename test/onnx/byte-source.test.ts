import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { InputError, ModelError } from '../../shared/base/errors.ts';
import { fileSource, memorySource, sectionOf } from '../../shared/onnx/byte-source.ts';
import type { ByteSource } from '../../shared/onnx/stored-tensor.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-source-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'bytes');
const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7) % 251);
beforeEach(() => writeFileSync(path, content));

const SOURCES: Readonly<Record<string, () => ByteSource>> = {
  'a file': () => fileSource(path),
  'a file that is opened for each read': () => fileSource(path, { keepOpen: false }),
  memory: () => memorySource(Buffer.from(content), 'bytes'),
};

describe.each(Object.entries(SOURCES))('%s', (_name, make) => {
  it('gives what was asked for, in whatever order and size', () => {
    const source = make();
    expect(source.size).toBe(content.length);
    const reads: [number, number][] = [
      [0, 10],
      [10, 100],
      [110, 2000],
      [2110, 1],
      [70_000, 50],
      [2111, 200_000],
      [202_111, 500],
      [202_700, 600],
      [299_999, 1],
      [300_000, 0],
      [5, 5],
    ];
    for (const [offset, length] of reads) {
      const expected = content.subarray(offset, offset + length);
      expect(Buffer.compare(source.read(offset, length), expected)).toBe(0);
      const target = new Uint8Array(length);
      source.readInto(target, offset);
      expect(Buffer.compare(target, expected)).toBe(0);
    }
    source.close();
    source.close();
  });

  it('refuses ranges that leave it', () => {
    const source = make();
    for (const [offset, length] of [
      [299_999, 2],
      [-1, 1],
      [0, -1],
      [300_001, 0],
      [2 ** 52, 2 ** 52],
      [0, Number.MAX_SAFE_INTEGER],
    ] as const)
      expect(() => source.read(offset, length)).toThrow(ModelError);
    expect(() => source.readInto(new Uint8Array(2), 299_999)).toThrow('is truncated');
    source.close();
  });

  it('gives plain arrays, whose slices are copies', () => {
    const source = make();
    expect(Buffer.isBuffer(source.read(0, 4))).toBe(false);
    source.close();
  });
});

it('starts arrays of a file where typed arrays may start', () => {
  expect(fileSource(path).read(3, 8).byteOffset).toBe(0);
});

it('reads on from a file whose name another one took', () => {
  const source = fileSource(path);
  writeFileSync(`${path}.new`, 'short');
  renameSync(`${path}.new`, path);
  expect(source.read(250_000, 3)).toEqual(content.slice(250_000, 250_003));
});

it('tells when a file that is opened for each read was replaced', () => {
  const source = fileSource(path, { keepOpen: false });
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
  expect(() => source.read(0, 1)).toThrow('was replaced');
});

it('tells when a file became shorter', () => {
  const source = fileSource(path);
  truncateSync(path, 1000);
  expect(() => source.read(100_000, 5000)).toThrow('became shorter');
});

it('does not read from a file that was closed', () => {
  const source = fileSource(path);
  source.close();
  expect(() => source.read(0, 1)).toThrow('was closed');
});

describe('refuses to open', () => {
  it('what is not there, a folder, a device, a link in a circle', () => {
    symlinkSync('circle', join(folder, 'circle'));
    for (const [name, said] of [
      [join(folder, 'missing'), 'does not exist'],
      [join(path, 'below'), 'does not exist'],
      [folder, 'folder'],
      ['/dev/zero', 'a device'],
      [join(folder, 'circle'), 'circle'],
    ] as const) {
      expect(() => fileSource(name), name).toThrow(InputError);
      expect(() => fileSource(name), name).toThrow(said);
    }
  });

  it('a named pipe, without waiting for a writer', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(() => fileSource(pipe)).toThrow('not a file');
  });
});

it('says so when a range is larger than any memory', () => {
  truncateSync(path, 2 ** 43);
  expect(() => fileSource(path).read(0, 2 ** 43)).toThrow('do not fit into memory');
});

describe('sectionOf', () => {
  const section = sectionOf(memorySource(Uint8Array.of(1, 2, 3, 4, 5)), 1, 3);

  it('reads inside', () => {
    expect([...section.read(1, 2)]).toEqual([3, 4]);
    const target = new Uint8Array(3);
    section.readInto(target, 0);
    expect([...target]).toEqual([2, 3, 4]);
  });

  it.each([
    [2, 2],
    [-1, 1],
  ])('refuses %i, %i', (offset, length) => {
    expect(() => section.read(offset, length)).toThrow('truncated inside');
  });
});
