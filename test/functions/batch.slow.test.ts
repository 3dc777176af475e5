/** The built folder as AWS Batch starts it. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EXPIRED_EXIT_CODE } from '../../functions/state-error.ts';
import { freshFolder } from '../../scripts/functions/fresh-folder.ts';

/** An S3 that answers so. */
const server = createServer((request, response) => {
  response.writeHead(Number(request.url?.slice(1)), { 'content-type': 'text/plain' }).end('no');
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function exitCodeAt(status: number): Promise<number | null> {
  const root = await freshFolder();
  const { port } = server.address() as AddressInfo;
  const child = spawn(process.execPath, ['start.js', 'batch'], {
    cwd: root,
    stdio: 'ignore',
    env: { PATH: process.env.PATH, FETTLE_ORDER: `http://127.0.0.1:${port}/${status}` },
  });
  return new Promise((resolve) => child.on('exit', resolve));
}

it('an order whose address is over is told by the exit code, and no other failure is', async () => {
  expect(await exitCodeAt(403)).toBe(EXPIRED_EXIT_CODE);
  expect([0, EXPIRED_EXIT_CODE]).not.toContain(await exitCodeAt(404));
});
