import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { openApi, uploadFile } from '../../action/aws.ts';
import { makeTempDir } from '../../shared/base/files.ts';

type Answer = (request: IncomingMessage, body: string, response: ServerResponse) => void;
let answer: Answer = () => {};
const calls: { path: string; body: string; length: string | undefined }[] = [];
const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts).toString();
    const length = request.headers['content-length'];
    calls.push({ path: request.url ?? '', body, length });
    answer(request, body, response);
  });
});
let endpoint = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', endpoint);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterEach(() => void calls.splice(0));
afterAll(() => void server.close());

const ticket = `${'1'.repeat(40)}-1`;
const question = { action: 'status', ticket } as const;
const running = { state: 'running', ticket, progress: 0.5 };

/** What the service says in place of the function. */
const refuses =
  (type: string, status = 400): Answer =>
  (_, __, response) => {
    response.statusCode = status;
    response.setHeader('x-amzn-errortype', type);
    response.end(JSON.stringify({ message: 'no' }));
  };

test('a question goes to the function, its answer is read', async () => {
  answer = (_, __, response) => response.end(JSON.stringify(running));
  expect(await openApi('fettle-api')(question)).toEqual(running);
  expect(calls[0]?.path).toBe('/2015-03-31/functions/fettle-api/invocations');
  expect(JSON.parse(calls[0]?.body ?? '')).toEqual(question);
});

test.each([
  ['ResourceNotFoundException', 404, 'there is no function f'],
  ['AccessDeniedException', 403, 'may not call f'],
  ['ExpiredTokenException', 403, 'have expired'],
  ['UnrecognizedClientException', 403, 'does not know the credentials'],
])('%s is a mistake of the workflow, with what to do', async (type, status, message) => {
  answer = refuses(type, status);
  await expect(openApi('f')(question)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(message),
    hint: expect.any(String),
  });
});

test('a function that threw, and one that is not ours, are told apart', async () => {
  answer = (_, __, response) => {
    response.setHeader('x-amz-function-error', 'Unhandled');
    response.end(JSON.stringify({ errorMessage: 'out of memory' }));
  };
  await expect(openApi('f')(question)).rejects.toThrow('f failed: out of memory');
  answer = (_, __, response) => response.end(JSON.stringify({ hello: 'world' }));
  await expect(openApi('f')(question)).rejects.toThrow('does not answer as Fettle does');
});

test('an upload is tried again when the store is busy, and not when it is refused', async () => {
  const path = join(makeTempDir('upload'), 'model');
  writeFileSync(path, 'bytes');
  const to = {
    digest: 'sha256:x',
    url: `${endpoint}/put?signature=1`,
    headers: { 'x-amz-a': 'b' },
  };
  let count = 0;
  answer = (request, _, response) => {
    expect(request.headers['x-amz-a']).toBe('b');
    response.statusCode = ++count === 1 ? 503 : 200;
    response.end();
  };
  await uploadFile(path, to);
  expect(calls.map(({ body, length }) => [body, length])).toEqual([
    ['bytes', '5'],
    ['bytes', '5'],
  ]);
  await uploadFile(path, to, [1, 3]);
  expect(calls.at(-1)).toMatchObject({ body: 'yte', length: '3' });
  answer = (_, __, response) => {
    response.statusCode = 400;
    response.end('<Error><Code>BadDigest</Code></Error>');
  };
  const refused = uploadFile(path, to);
  await expect(refused).rejects.toThrow('the upload of sha256:x was refused: 400 BadDigest');
  await expect(refused).rejects.not.toThrow('signature');
  expect(calls).toHaveLength(4);
});
