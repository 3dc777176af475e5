import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { useProxy } from '../../action/proxy.ts';

const asked: string[] = [];
let proxy: Server;
let address: string;
let undo = () => {};
const warnings: string[] = [];
const log = { warn: (message: string) => void warnings.push(message) };

beforeEach(async () => {
  asked.length = 0;
  warnings.length = 0;
  proxy = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('from the proxy');
  });
  // `fetch` asks for a tunnel, whatever the protocol.
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await new Promise<void>((done) => {
    proxy.listen(0, '127.0.0.1', done);
  });
  address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterEach(() => {
  undo();
  proxy.close();
});

const visit = (url: string) =>
  fetch(url).then(
    (response) => response.text(),
    () => 'no answer',
  );

test.each([
  ['http_proxy', 'http://models.invalid/lfs'],
  ['HTTP_PROXY', 'http://models.invalid/lfs'],
  ['https_proxy', 'https://models.invalid/lfs'],
])('%s is asked for what fetch wants', async (name, url) => {
  undo = useProxy({ [name]: address }, log);
  await visit(url);
  expect(asked.join()).toContain('models.invalid');
  expect(warnings).toEqual([]);
});

test('what NO_PROXY names is asked for directly, and so is everything without a proxy', async () => {
  undo = useProxy({ http_proxy: address, no_proxy: '127.0.0.1' }, log);
  expect(await visit(`${address}/near`)).toBe('from the proxy');
  expect(asked).toEqual(['/near']);
  undo();
  undo = useProxy({ http_proxy: '' }, log);
  expect(await visit('http://models.invalid/lfs')).toBe('no answer');
  expect(asked).toEqual(['/near']);
});
