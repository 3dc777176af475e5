import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { sendEvent } from '../../../functions/adapters/events.ts';

const taken: unknown[] = [];
let refusal: object | undefined;
const bus = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    taken.push(...JSON.parse(Buffer.concat(parts).toString()).Entries);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    const entry = refusal ?? { EventId: '1' };
    response.end(JSON.stringify({ FailedEntryCount: refusal ? 1 : 0, Entries: [entry] }));
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => bus.listen(0, '127.0.0.1', resolve));
  const { port } = bus.address() as AddressInfo;
  vi.stubEnv('AWS_ENDPOINT_URL_EVENTBRIDGE', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterAll(() => {
  vi.unstubAllEnvs();
  bus.closeAllConnections();
  bus.close();
});

it('an event goes to the bus under our name', async () => {
  await sendEvent('a-bus', 'Optimization Finished', { name: 'm' });
  expect(taken).toEqual([
    {
      EventBusName: 'a-bus',
      Source: 'fettle',
      DetailType: 'Optimization Finished',
      Detail: '{"name":"m"}',
    },
  ]);
});

it('one that is not taken is an error, though the request went well', async () => {
  refusal = { ErrorCode: 'ThrottlingException', ErrorMessage: 'later' };
  await expect(sendEvent('a-bus', 'Optimization Failed', {})).rejects.toMatchObject({
    name: 'ToolError',
    message: 'the event was not taken: ThrottlingException later',
  });
});
