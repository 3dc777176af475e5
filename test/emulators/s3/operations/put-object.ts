/** PutObject. */
import type { Call, Reply } from '../call.ts';
import { writeConditions } from '../conditions.ts';
import { S3Error } from '../errors.ts';
import { headersFrom, writtenHeaders } from '../object-headers.ts';
import { receive } from '../receive.ts';

/** A key has at most 1,024 bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;

export async function putObject(call: Call): Promise<Reply> {
  const { world, key } = call;
  const bucket = world.bucket(call.bucketName);
  checkKey(key);
  const headers = headersFrom(call);
  const conditions = writeConditions(call.header, bucket, key);
  const { body, etag, claimed, checksums } = await receive(call);
  const algorithm = claimed ?? 'CRC64NVME';
  const value = checksums.get(algorithm) ?? '';
  try {
    const version = world.put(
      bucket,
      {
        key,
        body,
        etag,
        headers,
        checksum: { algorithm, type: 'FULL_OBJECT', value },
        parts: undefined,
      },
      conditions,
      call.cause('PutObject'),
    );
    return { status: 200, headers: writtenHeaders(version) };
  } catch (error) {
    world.bodies.release(body);
    throw error;
  }
}

/** @throws S3Error when the key is too long. */
export function checkKey(key: string): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES)
    throw new S3Error(400, 'KeyTooLongError', 'Your key is too long');
}
