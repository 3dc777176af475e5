/** Writes what an operation gave, or why it refused, as HTTP. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Bodies } from './bodies.ts';
import type { Reply } from './call.ts';
import { S3Error } from './errors.ts';
import type { AnswerFault } from './faults.ts';
import { errorDocument } from './xml.ts';

/** Sends a reply. */
export async function sendReply(
  response: ServerResponse,
  { status, headers = {}, body }: Reply,
  { bodies, fault }: { readonly bodies: Bodies; readonly fault: AnswerFault },
): Promise<void> {
  if (fault === 'lose') {
    response.destroy();
    return;
  }
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) response.setHeader(name, headerText(value));
  const isHead = response.req.method === 'HEAD';
  if (body === undefined || typeof body === 'string') {
    const text = body ?? '';
    if (status !== 204 && status !== 304)
      response.setHeader('content-length', Buffer.byteLength(text));
    response.writeHead(status).end(isHead ? undefined : text);
    return;
  }
  response.writeHead(status);
  if (isHead || body.length === 0) {
    response.end();
    return;
  }
  if (fault === 'cut') {
    const half = bodies.read(body.of, body.start, Math.floor(body.length / 2));
    for await (const chunk of half) await new Promise((done) => response.write(chunk, done));
    response.destroy();
    return;
  }
  await pipeline(Readable.from(bodies.read(body.of, body.start, body.length)), response);
}

/** Sends a refusal; what is no {@link S3Error} is this server's own fault. */
export function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  requestId: string,
): void {
  const refusal =
    error instanceof S3Error ? error : new S3Error(500, 'InternalError', String(error));
  const text = errorDocument({
    Code: refusal.code,
    Message: refusal.message,
    ...refusal.members,
    Resource: request.url?.split('?')[0] ?? '/',
    RequestId: requestId,
    HostId: requestId,
  });
  for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value);
  response.writeHead(refusal.status, {
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(text),
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

/** Node takes headers as Latin-1; S3 sends UTF-8. */
const headerText = (value: string | number): string =>
  typeof value === 'number' ? String(value) : Buffer.from(value).toString('latin1');
