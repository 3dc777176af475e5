import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import {
  AddressExpired,
  httpTransfer,
  readAddress,
} from '../../../shared/pipeline/distributed/http-transfer.ts';

const { fetch, fetchRanges, putFile, putText } = httpTransfer({ firstPauseMs: 1 });
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Answers with these states in turn, the last for ever; gives what was put. */
async function serve(states: readonly number[]) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      const state = states[Math.min(asked.length, states.length - 1)] ?? 500;
      asked.push(`${request.method} ${body}`);
      if (state === 0) response.destroy();
      else response.writeHead(state).end('content');
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/bucket/key?signature=secret`, asked };
}

const path = join(makeTempDir('test'), 'file');

it('fetches into a file and puts files and texts', async () => {
  const { url, asked } = await serve([200]);
  await fetch(url, path);
  expect(readFileSync(path, 'utf8')).toBe('content');
  writeFileSync(path, 'mine');
  await putFile(url, path);
  await putText(url, 'text');
  expect(asked).toEqual(['GET ', 'PUT mine', 'PUT text']);
});

it('puts some of a file, or nothing of it', async () => {
  const { url, asked } = await serve([503, 200]);
  writeFileSync(path, '0123456789');
  await putFile(url, path, { offset: 3, length: 4 });
  await putFile(url, path, { offset: 10, length: 0 });
  expect(asked).toEqual(['PUT 3456', 'PUT 3456', 'PUT ']);
});

it('tries again what may pass: slowing down, failures, broken connections', async () => {
  const { url, asked } = await serve([503, 429, 500, 0, 200]);
  await putText(url, 'text');
  expect(asked).toHaveLength(5);
});

it('gives up on a refusal at once, and does not tell the permission', async () => {
  const { url, asked } = await serve([403]);
  const error = await putText(url, 'text').catch((thrown: Error) => thrown);
  expect(asked).toHaveLength(1);
  expect(error).toBeInstanceOf(AddressExpired);
  expect(error).toMatchObject({ message: expect.stringContaining('403') });
  expect(String(error)).not.toContain('secret');
});

it('ends some time', async () => {
  const { url, asked } = await serve([500]);
  await expect(fetch(url, path)).rejects.toThrow('/bucket/key could not be transferred: 500');
  expect(asked).toHaveLength(8);
});

/** A file of which ranges are given; after `broken` answers that end early. */
async function serveRanges(bytes: Buffer, { broken = 0, ignoresRanges = false } = {}) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const range = request.headers.range ?? '';
    asked.push(range);
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    const part = bytes.subarray(Number(from), Number(to) + 1);
    if (ignoresRanges) response.writeHead(200).end(bytes);
    else {
      const headers = { 'content-range': `bytes ${from}-${to}/${bytes.length}` };
      response.writeHead(206, { ...headers, 'content-length': part.length });
      if (asked.length > 1 && broken-- > 0)
        response.write(part.subarray(0, 3), () => response.destroy());
      else response.end(part);
    }
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/key`, asked };
}

const numbers = Buffer.from(Uint8Array.from({ length: 1000 }, (_, at) => 1 + (at % 250)));

it('fetches ranges into a file of the full size, and the rest of it is zeros', async () => {
  const { url, asked } = await serveRanges(numbers, { broken: 2 });
  const ranges = [
    { offset: 10, length: 20 },
    { offset: 500, length: 0 },
    { offset: 990, length: 10 },
  ];
  await fetchRanges(url, path, ranges);
  const expected = Buffer.alloc(1000);
  for (const { offset, length } of ranges) numbers.copy(expected, offset, offset, offset + length);
  expect(readFileSync(path).equals(expected)).toBe(true);
  expect(new Set(asked)).toEqual(new Set(['bytes=0-0', 'bytes=10-29', 'bytes=990-999']));
});

it('takes no other bytes than it asked for', async () => {
  const { url } = await serveRanges(numbers, { ignoresRanges: true });
  await expect(fetchRanges(url, path, [{ offset: 1, length: 2 }])).rejects.toThrow(
    'were asked for, and none came',
  );
});

it('sends a file with its length, whatever its size', async () => {
  const size = 20 * 2 ** 20;
  let received = 0;
  const lengths: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    lengths.push(request.headers['content-length']);
    request.on('data', (part: Buffer) => (received += part.length));
    request.on('end', () => response.end());
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const large = join(makeTempDir('test'), 'large');
  writeFileSync(large, '');
  truncateSync(large, size);
  await putFile(`http://127.0.0.1:${port}/key`, large);
  expect(lengths).toEqual([String(size)]);
  expect(received).toBe(size);
});

it('reads a text', async () => {
  const server = createServer((_, response) => response.end('{"ä": 1}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await readAddress(`http://127.0.0.1:${port}/x`)).toBe('{"ä": 1}');
  server.closeAllConnections();
  server.close();
});
