import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compressedSize, sizeOnDisk } from '../../shared/measure/size.ts';
import { useTempFolder } from './data/temp-folder.ts';

const temp = useTempFolder();
const model = 'test/fixtures/digits-cnn/model.onnx';

describe('sizeOnDisk', () => {
  it('is that of a file, or the sum of a folder', async () => {
    expect(await sizeOnDisk(model)).toEqual({ bytes: 36_193, files: 1 });
    mkdirSync(temp('model/variables'), { recursive: true });
    writeFileSync(temp('model/saved_model.pb'), new Uint8Array(100));
    writeFileSync(temp('model/variables/data'), new Uint8Array(23));
    expect(await sizeOnDisk(temp('model'))).toEqual({ bytes: 123, files: 2 });
    await expect(sizeOnDisk(temp('none'))).rejects.toThrow(/none does not exist/);
  });
});

describe('compressedSize', () => {
  it('is what a server would send', async () => {
    const bytes = readFileSync(model);
    expect(await compressedSize(model, 'gzip')).toBe(gzipSync(bytes, { level: 6 }).length);
    const zstd = await compressedSize(model, 'zstd');
    expect(zstd).toBeLessThan(bytes.length);
    expect(Math.abs((zstd ?? 0) - zstdCompressSync(bytes).length)).toBeLessThan(64);
    // Two files, each by itself.
    expect(await compressedSize(temp('model'), 'gzip')).toBe(
      gzipSync(new Uint8Array(100), { level: 6 }).length +
        gzipSync(new Uint8Array(23), { level: 6 }).length,
    );
  });
});
