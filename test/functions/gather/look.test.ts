import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { look } from '../../../functions/gather/look.ts';
import { requestSchema } from '../../../shared/pipeline/distributed/request.ts';
import { firstLook } from '../../../shared/pipeline/distributed/rerun.ts';
import { EXAMPLES } from '../../pipeline/inline-context.ts';
import { withCloud } from '../_cloud.ts';
import { withMachines } from '../_machines.ts';

const cloud = withCloud();
const machines = withMachines();
const context = { getRemainingTimeInMillis: () => 300_000 };

test('models of a versioned bucket become requests, and each is started once', async () => {
  const { inbox, outbox } = cloud();
  await inbox.put('team/digits.onnx', readFileSync(join(EXAMPLES, 'digits.onnx')));
  await inbox.put('team/test.npz', 'data');
  await inbox.put('team/readme.md', 'text');
  const newest = await inbox.head('team/test.npz');
  const time = new Date(Date.now() - 2000).toISOString();
  expect(await look({ key: 'team/digits.onnx', time, seconds: 1 }, context)).toMatchObject({
    next: 'done',
  });
  // Superseded: the data came after that time.
  expect(machines.inputs('optimize')).toEqual([]);
  await inbox.put('team/_READY', '');
  const ready = { key: 'team/_READY', time: new Date().toISOString(), seconds: 0 };
  for (const state of [ready, ready]) await look(state, context);
  expect(machines.inputs('optimize')).toEqual([
    {
      request: expect.stringMatching(/^jobs\/[0-9a-f]{40}\.json$/),
      name: 'team/digits',
      attempt: 1,
      round: 0,
    },
  ]);
  const keys: string[] = [];
  for await (const { key } of outbox.list('jobs/')) keys.push(key);
  const written = await outbox.get(keys[0] ?? '');
  const request = requestSchema.parse(JSON.parse(Buffer.from(written?.bytes ?? []).toString()));
  expect(request).toMatchObject({
    name: 'team/digits',
    inbox: 'inbox',
    prefix: 'team/',
    modelPath: 'digits.onnx',
    model: [{ key: 'team/digits.onnx', versionId: expect.any(String) }],
    data: [{ key: 'team/test.npz', etag: newest?.etag, versionId: newest?.versionId }],
  });
  expect(keys).toHaveLength(1);
});

test('a look at published models goes on here', async () => {
  expect(await look(firstLook('scheduled'), context)).toEqual({
    rerun: { reason: 'scheduled', looked: 0, started: 0 },
    seconds: 0,
    next: 'done',
  });
});

test('what is neither is refused', async () => {
  await expect(look({ bucket: 'inbox' }, context)).rejects.toThrow();
});
