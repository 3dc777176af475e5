/** Files by presigned addresses, over Node's own fetch: the worker that uses it holds no other right. */
import { createWriteStream, openAsBlob } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ToolError } from '../../base/errors.ts';
import type { Transfer } from './run-order.ts';

/** S3 slows down whoever comes at once with thousands of others: for half a minute at most. */
const ATTEMPTS = 8;
const FIRST_PAUSE_MS = 200;

/** See {@link Transfer}. Tries again what may pass: broken connections, 408, 429 and 5xx. */
export function httpTransfer({ firstPauseMs = FIRST_PAUSE_MS } = {}): Transfer {
  const put = (url: string, body: () => Promise<Blob | string>): Promise<void> =>
    persistently(url, firstPauseMs, async () => {
      const answer = await fetch(url, { method: 'PUT', body: await body() });
      await answer.arrayBuffer();
      return answer;
    });
  return {
    fetch: (url, path) =>
      persistently(url, firstPauseMs, async () => {
        const answer = await fetch(url);
        if (answer.ok && answer.body)
          await pipeline(Readable.fromWeb(answer.body), createWriteStream(path));
        return answer;
      }),
    putFile: (url, path) => put(url, () => openAsBlob(path)),
    putText: (url, text) => put(url, async () => text),
  };
}

async function persistently(
  url: string,
  firstPauseMs: number,
  attempt: () => Promise<Response>,
): Promise<void> {
  let reason = '';
  for (let tried = 0; tried < ATTEMPTS; tried++) {
    // Full jitter: whoever was slowed down together does not come back together.
    if (tried > 0) await sleep(Math.random() * firstPauseMs * 2 ** tried);
    try {
      const answer = await attempt();
      if (answer.ok) return;
      reason = `${answer.status} ${answer.statusText}`;
      if (answer.status < 500 && answer.status !== 429 && answer.status !== 408) break;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
  }
  // Without its query, which is a permission.
  throw new ToolError(`${new URL(url).pathname} could not be transferred: ${reason}`, {
    hint: 'Addresses in orders expire: a job that waited too long is started again.',
  });
}
