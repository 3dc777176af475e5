/** A job that somebody aborts in the console of Step Functions, in the whole stack. */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { S3Objects } from '../../functions/adapters/s3-objects.ts';
import { freshFolder } from '../../scripts/functions/fresh-folder.ts';
import { startStack } from '../emulators/stack/start-stack.ts';
import { synthesize } from '../emulators/stack/synthesize.ts';
import { tinyModel } from './_swarm.ts';

it('ends with error.json and an event, though its machine had no turn to tell of it', async () => {
  const template = await synthesize({ quietSeconds: 0, latency: false });
  await using stack = await startStack({ template, root: await freshFolder(), environments: 2 });
  const { client, credentials } = stack.storage;
  const { InboxName: Bucket = '', OutboxName = '' } = stack.outputs;
  await client.send(new PutObjectCommand({ Bucket, Key: 'tiny.onnx', Body: tinyModel(1) }));
  const running = () =>
    [...stack.states.service.executions.values()].find(
      ({ status, options }) => status === 'RUNNING' && options.machineArn.endsWith('optimize'),
    );
  await expect.poll(running, { timeout: 60_000, interval: 50 }).toBeDefined();
  const { endpoint } = stack.states;
  const states = new SFNClient({ endpoint, credentials, region: stack.region });
  await states.send(new StopExecutionCommand({ executionArn: running()?.options.arn }));
  await stack.settled();
  const outbox = new S3Objects(client, OutboxName);
  const errors: string[] = [];
  for await (const { key } of outbox.list('models/'))
    if (key.endsWith('/error.json')) errors.push(key);
  expect(errors).toHaveLength(1);
  const found = await outbox.get(errors[0] ?? '');
  expect(JSON.parse(Buffer.from(found?.bytes ?? []).toString()).message).toContain(
    'somebody ended its execution',
  );
  const told = stack.buses
    .flatMap(({ events }) => events)
    .filter(({ source }) => source === 'fettle');
  expect(told.map((event) => [event['detail-type'], event.detail.name])).toEqual([
    ['Optimization Failed', 'tiny'],
  ]);
}, 120_000);
