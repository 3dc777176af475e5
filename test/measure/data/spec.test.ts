import { describe, expect, it } from 'vitest';
import { dataSpecSchema, isAddress, resolveDataSpec } from '../../../shared/measure/data/spec.ts';

describe('dataSpecSchema', () => {
  it('reads a path, a path with details, an address', () => {
    expect(dataSpecSchema.parse('test.npz')).toEqual({ path: 'test.npz' });
    const sha256 = 'a'.repeat(64);
    expect(dataSpecSchema.parse({ url: 'https://example.com/t.npz', sha256 })).toEqual({
      path: 'https://example.com/t.npz',
      sha256,
    });
    const images = {
      path: 'images',
      input: { size: [240, 320], mean: 0.5, std: [0.2, 0.2, 0.3], layout: 'NHWC' },
    };
    expect(dataSpecSchema.parse(images)).toEqual(images);
  });

  it('refuses misspelt keys and impossible values', () => {
    for (const wrong of [
      '',
      { path: 'a', lables: 'b' },
      { path: 'a', url: 'b' },
      { path: 'a', sha256: 'ABC' },
      { path: 'a', input: { size: 0 } },
      { path: 'a', input: { std: 0 } },
      { path: 'a', input: { layout: 'CHW' } },
      {},
    ]) {
      expect(dataSpecSchema.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
    }
  });
});

describe('resolveDataSpec', () => {
  it('makes relative paths absolute and leaves addresses', () => {
    expect(resolveDataSpec({ path: 'a/b.npz', labels: '../l.json' }, '/base/x')).toEqual({
      path: '/base/x/a/b.npz',
      labels: '/base/l.json',
    });
    expect(resolveDataSpec({ path: 's3://bucket/b.npz' }, '/base/x')).toEqual({
      path: 's3://bucket/b.npz',
    });
    expect(isAddress('C:/data.npz')).toBe(false);
  });
});
