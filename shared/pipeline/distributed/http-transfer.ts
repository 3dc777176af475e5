/** Files by presigned addresses, over Node's own fetch: the worker that uses it holds no other right. */
import { createReadStream, createWriteStream } from 'node:fs';
import { stat, truncate, writeFile } from 'node:fs/promises';
import { request as http } from 'node:http';
import { request as https } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { LimitError, ToolError } from '../../base/errors.ts';
import type { FileWindow } from '../../onnx/file-windows.ts';
import type { Transfer } from './run-order.ts';

/** S3 slows down whoever comes at once with thousands of others: for half a minute at most. */
const ATTEMPTS = 8;
const FIRST_PAUSE_MS = 200;

/** S3 refuses an address: its time is over, or that of the credentials it was signed with. */
export class AddressExpired extends ToolError {}

/** See {@link Transfer}. Tries again what may pass: broken connections, 408, 429 and 5xx. */
export function httpTransfer({ firstPauseMs = FIRST_PAUSE_MS } = {}): Transfer {
  return {
    fetch: (url, path) =>
      persistently(url, firstPauseMs, async () => {
        const answer = await fetch(url);
        if (answer.ok && answer.body)
          await pipeline(Readable.fromWeb(answer.body), createWriteStream(path));
        return answer;
      }),
    async fetchRanges(url, path, ranges) {
      // One byte tells the size of all.
      let size = 0;
      const ask = (range: FileWindow, take: (answer: Response) => Promise<void>) =>
        persistently(url, firstPauseMs, async () => {
          const { offset, length } = range;
          const headers = { range: `bytes=${offset}-${offset + length - 1}` };
          const answer = await fetch(url, { headers });
          if (answer.ok) await take(checkRange(answer, range));
          return answer;
        });
      await ask({ offset: 0, length: 1 }, async (answer) => {
        size = sizeOf(answer);
        await answer.arrayBuffer();
      });
      await writeFile(path, '');
      await truncate(path, size);
      // Several at once: one connection to S3 is slower than a function is.
      const queue = ranges.filter(({ length }) => length > 0).flatMap(inBlocks);
      const lane = async (): Promise<void> => {
        for (let range = queue.shift(); range; range = queue.shift()) {
          const { offset: start } = range;
          await ask(range, async ({ body }) => {
            const file = createWriteStream(path, { flags: 'r+', start });
            if (body) await pipeline(Readable.fromWeb(body), file);
          });
        }
      };
      await Promise.all(Array.from({ length: RANGES_AT_ONCE }, lane));
    },
    putFile: (url, path, window) =>
      persistently(url, firstPauseMs, () => sendFile(url, path, window)),
    putText: (url, text) =>
      persistently(url, firstPauseMs, async () => {
        const answer = await fetch(url, { method: 'PUT', body: text });
        await answer.arrayBuffer();
        return answer;
      }),
  };
}

/** An order with the addresses of ten thousand files has 15 MB. */
const MAX_TEXT = 50_000_000;

/** A small text by its address. @throws ToolError when it cannot be read, LimitError when it is large */
export async function readAddress(url: string): Promise<string> {
  let text = '';
  await persistently(url, FIRST_PAUSE_MS, async () => {
    const answer = await fetch(url);
    text = await answer.text();
    return answer;
  });
  if (text.length > MAX_TEXT) throw new LimitError('an order is larger than any is');
  return text;
}

/** What of an answer tells how it went. */
type Said = Pick<Response, 'ok' | 'status' | 'statusText'>;

/**
 * Streamed, with its length, without which S3 takes nothing. `fetch` sends either what has no length or a blob, which it
 * holds in memory: 250 MB of it for a file of 268 MB.
 */
async function sendFile(url: string, path: string, window?: FileWindow): Promise<Said> {
  const { offset, length } = window ?? { offset: 0, length: (await stat(path)).size };
  const send = url.startsWith('https:') ? https : http;
  const request = send(url, { method: 'PUT', headers: { 'content-length': length } });
  // Refusals come before all is sent, and end the sending.
  const answered = new Promise<Said>((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      const { statusCode: status = 500, statusMessage: statusText = '' } = response;
      response.on('error', reject);
      response.on('end', () => resolve({ ok: status >= 200 && status < 300, status, statusText }));
      response.resume();
    });
  });
  // A stream of no bytes would give one: its end is included.
  const bytes =
    length === 0
      ? Readable.from([])
      : createReadStream(path, { start: offset, end: offset + length - 1 });
  const sent = pipeline(bytes, request);
  const [answer] = await Promise.all([answered, sent.catch(() => {})]);
  return answer;
}

/** A broken connection loses at most one. */
const BLOCK_BYTES = 32 * 1024 * 1024;
const RANGES_AT_ONCE = 4;

function inBlocks({ offset, length }: FileWindow): FileWindow[] {
  return Array.from({ length: Math.ceil(length / BLOCK_BYTES) }, (_, index) => {
    const at = index * BLOCK_BYTES;
    return { offset: offset + at, length: Math.min(BLOCK_BYTES, length - at) };
  });
}

/** Whoever ignores the range sends other bytes than were asked for. */
function checkRange(answer: Response, { offset, length }: FileWindow): Response {
  const said = answer.headers.get('content-range') ?? 'none';
  if (!said.startsWith(`bytes ${offset}-${offset + length - 1}/`))
    throw new Error(`bytes ${offset} to ${offset + length} were asked for, and ${said} came`);
  return answer;
}

const sizeOf = (answer: Response): number =>
  Number(answer.headers.get('content-range')?.split('/')[1]);

async function persistently(
  url: string,
  firstPauseMs: number,
  attempt: () => Promise<Said>,
): Promise<void> {
  let reason = '';
  for (let tried = 0; tried < ATTEMPTS; tried++) {
    // Full jitter: whoever was slowed down together does not come back together.
    if (tried > 0) await sleep(Math.random() * firstPauseMs * 2 ** tried);
    try {
      const answer = await attempt();
      if (answer.ok) return;
      reason = `${answer.status} ${answer.statusText}`;
      if (answer.status === 403) throw new AddressExpired(message(url, reason));
      if (answer.status < 500 && answer.status !== 429 && answer.status !== 408) break;
    } catch (error) {
      if (error instanceof AddressExpired) throw error;
      reason = error instanceof Error ? error.message : String(error);
    }
  }
  throw new ToolError(message(url, reason));
}

/** Without its query, which is a permission. */
const message = (url: string, reason: string): string =>
  `${new URL(url).pathname} could not be transferred: ${reason}`;
