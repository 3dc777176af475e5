import { expect, it } from 'vitest';
import { ByteCache } from '../../../shared/onnx/wire/byte-cache.ts';

const bytes = Buffer.from('conv1 conv2 conv1');

it('finds what the same bytes meant, and nothing for others', () => {
  const cache = new ByteCache<string>(1000);
  const place = cache.placeOf(bytes, 0, 5);
  expect(cache.find(place, bytes, 0, 5)).toBeUndefined();
  cache.keep(place, bytes, 0, 5, 'first');
  expect(cache.find(cache.placeOf(bytes, 12, 17), bytes, 12, 17)).toBe('first');
  expect(cache.find(place, bytes, 6, 11)).toBeUndefined();
  expect(cache.find(place, bytes, 0, 4)).toBeUndefined();
});

it('does not keep long sequences', () => {
  const cache = new ByteCache<string>(1000);
  const long = new Uint8Array(97);
  const place = cache.placeOf(long, 0, 97);
  cache.keep(place, long, 0, 97, 'kept');
  expect(cache.find(place, long, 0, 97)).toBeUndefined();
});
