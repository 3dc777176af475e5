import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { advanceRound } from '../../../shared/pipeline/distributed/advance-round.ts';
import { ExecutionKeys, FIRST_ROUND } from '../../../shared/pipeline/distributed/execution.ts';
import { renewOrders } from '../../../shared/pipeline/distributed/renew-orders.ts';
import { digitsJob } from '../inline-context.ts';
import { executionOf, localSite } from './_site.ts';

const keys = new ExecutionKeys('x');

async function begin() {
  const execution = await executionOf(digitsJob());
  const site = localSite();
  const turn = await advanceRound(execution, keys, 0, site);
  const [shard] = turn.next === 'run' ? turn.shards : [];
  if (!shard) throw new Error('nothing is open');
  const order = readFileSync(shard.order, 'utf8');
  const spoil = () => site.objects.put(keys.order(shard.id), 'signed long ago');
  const renewed = async () => readFileSync(shard.order, 'utf8') === order;
  await spoil();
  return { execution, site, shard, spoil, renewed };
}

it('writes what has no result anew, as it was', async () => {
  const { execution, site, renewed } = await begin();
  expect(await renewOrders(execution, keys, 0, site)).toBe(1);
  expect(await renewed()).toBe(true);
});

it('leaves what is over: a shard with a result or a failure, a round behind which another is', async () => {
  const { execution, site, shard, renewed } = await begin();
  await site.objects.put(keys.failure(shard.id), '{}');
  expect(await renewOrders(execution, keys, 0, site)).toBe(0);
  await site.objects.delete([keys.failure(shard.id)]);
  await site.objects.put(keys.round(1), JSON.stringify(FIRST_ROUND));
  expect(await renewOrders(execution, keys, 0, site)).toBe(0);
  expect(await renewOrders(execution, keys, 7, site)).toBe(0);
  expect(await renewed()).toBe(false);
});

it('a turn that is taken again, maybe days later, does it too', async () => {
  const { execution, site, renewed } = await begin();
  await advanceRound(execution, keys, 0, site);
  expect(await renewed()).toBe(true);
});
