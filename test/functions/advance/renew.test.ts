import { expect, it } from 'vitest';
import { renew } from '../../../functions/advance/renew.ts';
import { takeTurn } from '../../../functions/advance/turn.ts';
import { ExecutionKeys } from '../../../shared/pipeline/distributed/execution.ts';
import { orderSchema } from '../../../shared/pipeline/distributed/order.ts';
import { example, requested, withCloud } from '../_cloud.ts';

const cloud = withCloud();

it('signs what is open again and comes back, until nothing is left', async () => {
  const input = await requested(cloud(), { 'digits.onnx': example('digits.onnx') });
  const answer = await takeTurn({ action: 'advance', execution: 'long', ...input });
  const [shard] = answer?.next === 'inline' ? answer.shards : [];
  if (!shard) throw new Error('nothing is open');
  const keys = new ExecutionKeys('long');
  const { outbox } = cloud();
  await outbox.put(keys.order(shard.id), 'signed long ago');
  const message = { action: 'renew' as const, execution: 'long', ...input, seconds: 1200 };
  expect(await renew(message)).toEqual({ ...message, next: 'again' });
  const found = await outbox.get(keys.order(shard.id));
  const order = orderSchema.parse(JSON.parse(Buffer.from(found?.bytes ?? '').toString()));
  expect(order.key).toBe(shard.id);
  await outbox.put(keys.result(shard.id), '{}');
  expect(await renew(message)).toEqual({ ...message, next: 'done' });
  expect(await renew({ ...message, execution: 'none' })).toMatchObject({ next: 'done' });
  await expect(renew({ action: 'renew' })).rejects.toThrow();
});
