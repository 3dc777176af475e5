/** A job for two architectures in the whole stack: the emulator runs the functions of both on this machine. */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { S3Objects } from '../../functions/adapters/s3-objects.ts';
import { freshFolder } from '../../scripts/functions/fresh-folder.ts';
import { reportSchema } from '../../shared/report/schema.ts';
import { startStack } from '../emulators/stack/start-stack.ts';
import { synthesize } from '../emulators/stack/synthesize.ts';
import { tinyModel } from './_swarm.ts';

const CONFIGURATION = `version: 1
models:
  tiny: { source: tiny.onnx, variants: [float16], hardware: [x64, arm64], seconds: 1 }
`;

const TIMEOUT_MS = 300_000;

// Elsewhere the stack's usual functions would call themselves arm64.
it.skipIf(process.arch !== 'x64')(
  'what is made for arm64 is measured by the functions of arm64',
  { timeout: TIMEOUT_MS },
  async () => {
    const template = await synthesize({ quietSeconds: 0, lanes: { alsoMeasureOn: ['arm64'] } });
    const root = await freshFolder();
    const parameters = { Imagearm64: 'nobody pulls it' };
    await using stack = await startStack({ template, root, parameters, environments: 3 });
    const { client } = stack.storage;
    const { InboxName: Bucket = '', OutboxName = '' } = stack.outputs;
    for (const [Key, Body] of [
      ['p/fettle.yml', CONFIGURATION],
      ['p/tiny.onnx', tinyModel(1)],
    ] as const)
      await client.send(new PutObjectCommand({ Bucket, Key, Body }));
    await stack.settled();
    const outbox = new S3Objects(client, OutboxName);
    const jsonAt = async (key: string) =>
      JSON.parse(Buffer.from((await outbox.get(key))?.bytes ?? []).toString());
    const { run } = await jsonAt('models/tiny/latest.json');
    const { models } = reportSchema.parse(await jsonAt(`${run}/report.json`));
    const rows = models[0]?.variants ?? [];
    expect(rows.map(({ name, hardware }) => `${name} ${hardware}`)).toEqual([
      'float32 x64',
      'float16 x64',
      'float32 arm64',
      'float16 arm64',
    ]);
    for (const row of rows) {
      expect(row.latency?.ms, JSON.stringify(row.notes)).toBeGreaterThan(0);
      // The processor that it really was: here one for all.
      expect(row.latency?.cpu).toBe(rows[0]?.latency?.cpu);
      expect(row.memory?.peakBytes).toBeGreaterThan(0);
    }
    // Base and variant timed together, and each of them weighed.
    for (const name of ['fettle-measure', 'fettle-measure-arm64'])
      expect(stack.lambda.usage(name).invocations, name).toBeGreaterThanOrEqual(3);
  },
);
