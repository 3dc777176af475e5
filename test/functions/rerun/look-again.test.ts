import { expect, test } from 'vitest';
import { lookAgain } from '../../../functions/rerun/look-again.ts';
import {
  jobKeyOf,
  type RequestDraft,
  requestKey,
} from '../../../shared/pipeline/distributed/request.ts';
import { pointerTo } from '../../pipeline/distributed/_listing.ts';
import { withCloud } from '../_cloud.ts';
import { withMachines } from '../_machines.ts';

const cloud = withCloud();
const machines = withMachines();
const context = { getRemainingTimeInMillis: () => 300_000, awsRequestId: 'one' };
const OLD = { tool: '0', runtime: 'r', steps: 's' };

test('what is found at once is started, what is too much is left to the machine', async () => {
  const { inbox, outbox } = cloud();
  expect(await lookAgain({}, context)).toMatchObject({ next: 'done' });
  for (const name of ['a', 'b', 'c', 'd']) {
    const key = `${name}.keras`;
    await inbox.put(key, name);
    const { etag = '' } = (await inbox.head(key)) ?? {};
    const draft: RequestDraft = {
      name,
      inbox: 'inbox',
      prefix: '',
      model: [{ key, etag, bytes: 1 }],
      modelPath: key,
      data: [],
      sourceVersion: '2026-11-28T20:00:00.000Z',
      reason: 'upload',
      toolchain: OLD,
    };
    const request = requestKey(jobKeyOf(draft));
    await outbox.put(request, JSON.stringify({ ...draft, schema: 'fettle.request/1', attempt: 1 }));
    await outbox.put(`models/${name}/latest.json`, pointerTo(request, OLD));
  }
  // Of five places two; which of the four get them is not told, and the first without one is looked at again.
  const update = { 'detail-type': 'CloudFormation Stack Status Change', detail: {} };
  const answer = await lookAgain(update, context);
  expect(answer).toMatchObject({ next: 'again', rerun: { reason: 'scheduled', started: 2 } });
  expect(answer.rerun.looked).toBeLessThanOrEqual(2);
  expect(machines.inputs('optimize')).toHaveLength(2);
  await lookAgain(update, context);
  expect(machines.inputs('gather')).toEqual([{ rerun: answer.rerun, seconds: 60 }]);
});

test('an unknown reason is refused', async () => {
  await expect(lookAgain({ reason: 'mine' }, context)).rejects.toThrow();
});
