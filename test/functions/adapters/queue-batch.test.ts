import { expect, test } from 'vitest';
import { takeMessages } from '../../../functions/adapters/queue-batch.ts';
import { queueEvent } from '../_queue-event.ts';

test('each message is taken, and those that fail are named', async () => {
  const taken: string[] = [];
  const take = async (body: string): Promise<void> => {
    taken.push(body);
    if (body.startsWith('bad')) throw new Error('no');
  };
  const failedOf = async (...bodies: string[]) =>
    (await takeMessages(queueEvent(bodies), take)).batchItemFailures;
  expect(await failedOf('a', 'bad', 'b', 'bad too')).toEqual([
    { itemIdentifier: '1' },
    { itemIdentifier: '3' },
  ]);
  expect(taken.sort()).toEqual(['a', 'b', 'bad', 'bad too']);
  expect(await failedOf('bad')).toEqual([{ itemIdentifier: '0' }]);
  expect(await failedOf()).toEqual([]);
});
