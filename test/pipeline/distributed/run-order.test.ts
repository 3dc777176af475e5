import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { silentLog } from '../../../shared/base/log.ts';
import { advanceRound } from '../../../shared/pipeline/distributed/advance-round.ts';
import { ExecutionKeys } from '../../../shared/pipeline/distributed/execution.ts';
import { AddressExpired } from '../../../shared/pipeline/distributed/http-transfer.ts';
import type { Order } from '../../../shared/pipeline/distributed/order.ts';
import { runOrder } from '../../../shared/pipeline/distributed/run-order.ts';
import { digitsJob } from '../inline-context.ts';
import { executionOf, fileTransfer, localSite, orderAt } from './_site.ts';

async function firstOrder(): Promise<Order> {
  const execution = await executionOf(digitsJob());
  const turn = await advanceRound(execution, new ExecutionKeys('x'), 0, localSite());
  return orderAt(turn.next === 'run' ? (turn.shards[0]?.order ?? '') : '');
}

const bench = { transfer: fileTransfer, log: silentLog };

it('runs the step in a process, and puts what it made before it says so', async () => {
  const order = await firstOrder();
  const result = await runOrder(order, bench);
  expect(result).toMatchObject({ status: 'done', key: order.key, blobs: [{ slot: 0 }] });
  expect(JSON.parse(readFileSync(order.upload.result, 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(result)),
  );
  expect(readFileSync(order.upload.blobs[0] ?? '').length).toBeGreaterThan(1000);
});

it.each([
  ['another runtime', { runtime: 'onnxruntime-node 0.1' }, 'the order is for onnxruntime-node 0.1'],
  [
    'no time',
    { seconds: 0 },
    'the time ran out while optimizing the model exactly: the limit is 0 s',
  ],
  ['a step that is none', { step: 'explode' }, 'there is no step'],
] satisfies [string, Partial<Order>, string][])('reports %s', async (_what, change, said) => {
  const order = { ...(await firstOrder()), ...change };
  expect(await runOrder(order, bench)).toMatchObject({
    status: 'failed',
    error: { message: expect.stringContaining(said) },
  });
  expect(readFileSync(order.upload.result, 'utf8')).toContain(said);
});

it('tells files by their names, and not where they lie', async () => {
  const order = await firstOrder();
  const [input] = order.inputs;
  const url = join(makeTempDir('test'), 'broken');
  writeFileSync(url, 'no model');
  const inputs = input
    ? [{ ...input, entry: 'team/m.onnx', files: [{ path: 'team/m.onnx', url }] }]
    : [];
  const result = await runOrder({ ...order, inputs }, bench);
  const { message } = result.status === 'failed' ? result.error : expect.fail('it was done');
  expect(message).toContain("'team/m.onnx'");
  expect(message).not.toContain('/input-0/');
});

it('reads no file that leads out of its folder', async () => {
  const order = await firstOrder();
  const [input] = order.inputs;
  const files = [{ path: '../../outside', url: '/etc/hostname' }];
  const inputs = input ? [{ ...input, files }] : [];
  expect(await runOrder({ ...order, inputs }, bench)).toMatchObject({
    error: { message: expect.stringContaining('outside of its folder') },
  });
});

it('puts what it made where it may be put then', async () => {
  const order = await firstOrder();
  const moved = { result: `${order.upload.result}-new`, blobs: [`${order.upload.result}-blob`] };
  const result = await runOrder(order, { ...bench, upload: () => moved });
  expect(result.status).toBe('done');
  expect(readFileSync(moved.blobs[0] ?? '').length).toBeGreaterThan(1000);
  expect(readFileSync(moved.result, 'utf8')).toContain('done');
});

it('leaves no result where its addresses are over: it is for another worker', async () => {
  const order = await firstOrder();
  const fetch = () => Promise.reject(new AddressExpired('/x could not be transferred: 403'));
  await expect(
    runOrder(order, { ...bench, transfer: { ...fileTransfer, fetch } }),
  ).rejects.toBeInstanceOf(AddressExpired);
  expect(existsSync(order.upload.result)).toBe(false);
});

it('throws when not even a report can be put', async () => {
  const order = await firstOrder();
  const putText = () => Promise.reject(new Error('no network'));
  await expect(
    runOrder({ ...order, seconds: 0 }, { ...bench, transfer: { ...fileTransfer, putText } }),
  ).rejects.toThrow('no network');
});
