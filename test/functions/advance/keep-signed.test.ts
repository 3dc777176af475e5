import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { keepSigned } from '../../../functions/advance/keep-signed.ts';

const started: { readonly name: string; readonly input: string }[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (part) => (body += part));
  request.on('end', () => {
    started.push(JSON.parse(body));
    const answer = { executionArn: 'arn:x', startDate: Date.now() / 1000 };
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(answer));
  });
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('AWS_ENDPOINT_URL_SFN', `http://127.0.0.1:${port}`);
  for (const [name, value] of Object.entries({
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
  }))
    vi.stubEnv(name, value);
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

const round = { execution: 'e', request: 'jobs/x.json', name: 'm', attempt: 1, round: 3 };
const shard = (lane: string) => ({ id: lane, lane, order: '' });
const renewArn = 'arn:aws:states:us-east-1:1:stateMachine:fettle-renew';

it('starts the machine for rounds with jobs, where there is one', async () => {
  await keepSigned(round, [shard('work'), shard('measure')], { renewArn });
  await keepSigned(round, [shard('batch')], {});
  expect(started).toEqual([]);
  await keepSigned(round, [shard('work'), shard('batch')], { renewArn });
  expect(started.map(({ name }) => name)).toEqual([expect.stringMatching(/^e-3-[0-9a-z]+$/)]);
  expect(JSON.parse(started[0]?.input ?? '')).toEqual({ action: 'renew', ...round, seconds: 1200 });
});
