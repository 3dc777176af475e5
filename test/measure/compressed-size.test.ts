import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../shared/base/errors.ts';
import { withTempDir } from '../../shared/base/files.ts';
import { compressedSize } from '../../shared/measure/compressed-size.ts';

describe('compressedSize', () => {
  it('is that of gzip and zstd at their default levels, also beyond one chunk', async () => {
    const noise = randomBytes(700_000);
    const bytes = Buffer.concat([noise, new Uint8Array(1_500_000), noise]);
    await withTempDir('compressed', async (folder) => {
      const path = join(folder, 'model.onnx');
      writeFileSync(path, bytes);
      const { gzip, zstd } = await compressedSize(path);
      // Frames in pieces differ by headers of blocks.
      expect(Math.abs(gzip - gzipSync(bytes).length)).toBeLessThan(1000);
      expect(Math.abs(zstd - zstdCompressSync(bytes).length)).toBeLessThan(1000);
      for (const length of [gzip, zstd]) {
        expect(length).toBeGreaterThan(700_000);
        expect(length).toBeLessThan(1_500_000);
      }
    });
  });

  it('adds up the files of a folder', async () => {
    await withTempDir('compressed', async (folder) => {
      mkdirSync(join(folder, 'weights'));
      const files = [join(folder, 'model.onnx'), join(folder, 'weights', '1.bin')];
      for (const file of files) writeFileSync(file, randomBytes(5000));
      const parts = await Promise.all(files.map((file) => compressedSize(file)));
      expect(await compressedSize(folder)).toEqual({
        gzip: parts.reduce((sum, { gzip }) => sum + gzip, 0),
        zstd: parts.reduce((sum, { zstd }) => sum + zstd, 0),
      });
    });
  });

  it('says which file is missing', async () => {
    await expect(compressedSize('/nowhere/model.onnx')).rejects.toThrow(InputError);
  });
});
