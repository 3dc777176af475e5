/** What a step stored goes to where its order says; what is too large for one request, in pieces. */
import { stat } from 'node:fs/promises';
import type { Digest } from '../../base/brand.ts';
import { DefectError, LimitError } from '../../base/errors.ts';
import { formatBytes } from '../../report/numbers.ts';
import type { Store } from '../store/store.ts';
import { type Order, PIECE_BYTES } from './order.ts';
import type { ShardResult } from './result.ts';
import type { Transfer } from './run-order.ts';

type Uploaded = Extract<ShardResult, { status: 'done' }>['blobs'][number];

/** Pieces under way at once: one connection to S3 is slower than a machine that makes gigabytes. */
const PIECES_AT_ONCE = 4;

/** @throws LimitError for a blob that the order has no room for, before any of it is sent */
export async function sendBlobs(
  digests: readonly Digest[],
  store: Pick<Store, 'pathOf'>,
  { upload, step }: Pick<Order, 'upload' | 'step'>,
  transfer: Pick<Transfer, 'putFile'>,
): Promise<Uploaded[]> {
  const sent: Uploaded[] = [];
  const { pieces } = upload;
  const whole = Math.min(PIECE_BYTES, pieces?.bytes ?? PIECE_BYTES);
  for (const [slot, digest] of digests.entries()) {
    const path = await store.pathOf(digest);
    const { size } = await stat(path);
    if (size <= whole) {
      const url = upload.blobs[slot];
      if (url === undefined)
        throw new DefectError(`${step} stored more than an order has room for`);
      await transfer.putFile(url, path);
      sent.push({ digest, slot });
      continue;
    }
    if (sent.some((one) => 'pieces' in one))
      throw new DefectError(`${step} stored two files of more than ${formatBytes(whole)}`);
    const urls = pieces?.urls.slice(0, Math.ceil(size / whole)) ?? [];
    if (urls.length * whole < size)
      throw new LimitError(
        `${step} made a file of ${formatBytes(size)}, and its order has room for ${formatBytes(Math.max(1, pieces?.urls.length ?? 0) * whole)}`,
      );
    const queue = [...urls.entries()];
    const lane = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const [index, url] = next;
        const offset = index * whole;
        await transfer.putFile(url, path, { offset, length: Math.min(whole, size - offset) });
      }
    };
    await Promise.all(Array.from({ length: PIECES_AT_ONCE }, lane));
    sent.push({ digest, pieces: urls.length });
  }
  return sent;
}
