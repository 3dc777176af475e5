import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { readAddress } from '../../../shared/pipeline/distributed/read-address.ts';

it('reads a text', async () => {
  const server = createServer((_, response) => response.end('{"ä": 1}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await readAddress(`http://127.0.0.1:${port}/x`)).toBe('{"ä": 1}');
  server.closeAllConnections();
  server.close();
});
