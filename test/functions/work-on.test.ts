import { expect, it } from 'vitest';
import { readSettings } from '../../functions/settings.ts';
import { openSite } from '../../functions/site.ts';
import { workOn } from '../../functions/work-on.ts';
import { makeTempDir } from '../../shared/base/files.ts';
import { silentLog } from '../../shared/base/log.ts';
import type { Order } from '../../shared/pipeline/distributed/order.ts';
import { withCloud } from './_cloud.ts';

const cloud = withCloud();

/** An order at its address, and the key of its result. */
async function order(change: Partial<Order>) {
  const { addresses, runtime } = openSite(readSettings(), silentLog, makeTempDir('test'));
  const { write } = addresses;
  const written: Order = {
    schema: 'fettle.order/1',
    execution: 'e',
    model: 'm',
    key: 'k',
    step: 'prepare',
    version: 1,
    input: {},
    runtime,
    inputs: [],
    upload: { result: await write('work/e/result.json'), blobs: [] },
    seconds: 10,
    memoryBytes: 1e9,
    ...change,
  };
  await cloud().outbox.put('work/e/order.json', JSON.stringify(written));
  return { id: 'k', order: await addresses.read({ key: 'work/e/order.json' }) };
}

it.each([
  ['another version of a step', { version: 99 }, /^the worker has prepare \d+, .* is for 99$/],
  ['another runtime', { runtime: 'onnxruntime-node 0.1.0' }, /is for onnxruntime-node 0\.1\.0$/],
])('an order for %s is refused where its result belongs', async (_, change, said) => {
  const event = await order(change);
  expect(await workOn(event, 'work')).toEqual({ id: 'k', status: 'failed' });
  const found = await cloud().outbox.get('work/e/result.json');
  expect(JSON.parse(Buffer.from(found?.bytes ?? '').toString())).toMatchObject({
    key: 'k',
    status: 'failed',
    error: { kind: 'LimitError', message: expect.stringMatching(said) },
  });
});

it('without an order there is nobody to report to', async () => {
  const { order: address } = await order({});
  const missing = address.replace('order.json', 'none.json');
  await expect(workOn({ id: 'k', order: missing }, 'work')).rejects.toThrow();
  await expect(workOn({ id: 'k' }, 'work')).rejects.toThrow(/order/);
});
