/** The body of a request, bounded in memory. */
import type { IncomingMessage } from 'node:http';

/** All of it, or a little more than `limit` bytes; the rest is read and dropped, so that the sender hears the answer. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (bytes <= limit) chunks.push(chunk);
    bytes += chunk.length;
  }
  return Buffer.concat(chunks);
}
