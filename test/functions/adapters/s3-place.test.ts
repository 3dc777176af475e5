import { expect, it } from 'vitest';
import { s3Client } from '../../../functions/adapters/clients.ts';
import { addressOf, copySourceOf, nameOf } from '../../../functions/adapters/s3-place.ts';

const place = { client: s3Client({ region: 'eu-central-1' }), bucket: 'b', key: 'a b/ü+?.onnx' };

it('names an object for commands, messages and copies', () => {
  expect(addressOf(place)).toEqual({ Bucket: 'b', Key: 'a b/ü+?.onnx' });
  expect(addressOf({ ...place, versionId: 'v' })).toMatchObject({ VersionId: 'v' });
  expect(nameOf(place)).toBe('s3://b/a b/ü+?.onnx');
  expect(copySourceOf(place)).toBe('b/a%20b/%C3%BC%2B%3F.onnx');
  expect(copySourceOf({ ...place, versionId: 'v' })).toBe('b/a%20b/%C3%BC%2B%3F.onnx?versionId=v');
});
