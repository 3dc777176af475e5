import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  canonicalJson,
  digestBytes,
  digestContent,
  digestFile,
  digestJson,
  digestOfChunks,
  digestPath,
  filesBelow,
  hexOf,
} from '../../shared/base/digest.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fettle-test-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('digestFile', () => {
  test('is the SHA-256 of the bytes', async () => {
    writeFileSync(join(dir, 'a'), 'abc');
    // FIPS 180-2, appendix B.1
    expect(await digestFile(join(dir, 'a'))).toBe(
      'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(digestBytes('abc')).toBe(await digestFile(join(dir, 'a')));
  });

  test('above the limit is tree256 over the digests of the chunks', async () => {
    writeFileSync(join(dir, 'a'), 'abcdefgh!');
    const sha = (data: string | Buffer) => createHash('sha256').update(data).digest();
    const tree = sha(Buffer.concat([sha('abcd'), sha('efgh'), sha('!')])).toString('hex');
    expect(await digestFile(join(dir, 'a'), { plainMax: 8, chunk: 4 })).toBe(`tree256:${tree}`);
    const chunks = ['abcd', 'efgh', '!'].map(digestBytes);
    expect(digestOfChunks(chunks)).toBe(`tree256:${tree}`);
    expect(await digestContent(join(dir, 'a'), { plainMax: 8, chunk: 4 })).toEqual({
      digest: `tree256:${tree}`,
      chunks,
    });
    expect(await digestContent(join(dir, 'a'))).toEqual({ digest: digestBytes('abcdefgh!') });
    expect(hexOf(await digestFile(join(dir, 'a'), { plainMax: 9, chunk: 4 }))).toBe(
      sha('abcdefgh!').toString('hex'),
    );
  });

  test('of an empty file', async () => {
    writeFileSync(join(dir, 'a'), '');
    expect(await digestFile(join(dir, 'a'))).toBe(digestBytes(''));
  });
});

describe('digestPath', () => {
  test('of a folder names every file below and changes with any of them', async () => {
    mkdirSync(join(dir, 'sub'));
    writeFileSync(join(dir, 'b'), '12');
    writeFileSync(join(dir, 'sub', 'a'), '345');
    expect(await filesBelow(dir)).toEqual(['b', 'sub/a']);
    await expect(filesBelow(dir, 1)).rejects.toThrow(/holds more than 1 files/);
    const first = await digestPath(dir);
    expect(first.bytes).toBe(5);
    writeFileSync(join(dir, 'sub', 'a'), '346');
    expect((await digestPath(dir)).digest).not.toBe(first.digest);
  });
});

describe('canonicalJson', () => {
  test('does not depend on the order of keys and drops undefined', () => {
    expect(canonicalJson({ b: 1, a: [true, null, 'x'], c: undefined })).toBe(
      '{"a":[true,null,"x"],"b":1}',
    );
    expect(digestJson({ a: 1, b: { d: 2, c: 3 } })).toBe(digestJson({ b: { c: 3, d: 2 }, a: 1 }));
    expect(digestJson({ a: 1 })).not.toBe(digestJson({ a: '1' }));
  });

  test('refuses what JSON cannot hold', () => {
    expect(() => canonicalJson({ a: Number.NaN })).toThrow(TypeError);
    expect(() => canonicalJson([1n])).toThrow(TypeError);
  });
});
