/**
 * Everything that a stranger may drop into the inbox to harm, at once, and two models that nothing is wrong with among
 * them: each hostile one gets an answer that says what is wrong with it, and the others what they get alone.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { S3Objects } from '../../functions/adapters/s3-objects.ts';
import { freshFolder } from '../../scripts/functions/fresh-folder.ts';
import { hexOf } from '../../shared/base/digest.ts';
import { makeTempDir } from '../../shared/base/files.ts';
import { jobsOf } from '../../shared/pipeline/config/jobs.ts';
import { readConfig } from '../../shared/pipeline/config/read-config.ts';
import { optimizeModel } from '../../shared/pipeline/optimize.ts';
import { isDone } from '../../shared/pipeline/stages/model-work.ts';
import { installedRuntimeVersion } from '../../shared/runtime/runtime-version.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { type Stack, startStack } from '../emulators/stack/start-stack.ts';
import { synthesize } from '../emulators/stack/synthesize.ts';
import { inlineContext } from '../pipeline/inline-context.ts';
import { GOOD, hostileUploads, type Upload } from './_hostile-uploads.ts';

/** A bomb is a gigabyte of memory where it goes off. */
const hostile = hostileUploads();

let stack: Stack;
let outbox: S3Objects;

beforeAll(async () => {
  const template = await synthesize({ quietSeconds: 1, latency: false, maxJobs: 50 });
  stack = await startStack({ template, root: await freshFolder(), environments: 4 });
  const { client } = stack.storage;
  const { InboxName = '', OutboxName = '' } = stack.outputs;
  outbox = new S3Objects(client, OutboxName);
  const [first, second] = GOOD;
  const all: (Upload | undefined)[] = [first, ...hostile, second];
  for (const upload of all)
    for (const [name, Body] of Object.entries(upload?.files ?? {}))
      await client.send(
        new PutObjectCommand({ Bucket: InboxName, Key: `${upload?.prefix}/${name}`, Body }),
      );
  await stack.settled();
}, 300_000);

afterAll(async () => {
  await stack.close();
  await closeSharedProcess();
});

async function objectsBelow(prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of outbox.list(prefix)) keys.push(key);
  return keys;
}

async function jsonAt(key: string) {
  const found = await outbox.get(key);
  return JSON.parse(Buffer.from(found?.bytes ?? '').toString());
}

it.each(hostile)('$prefix gets an error with code $code', async ({ model, code, says }) => {
  const keys = await objectsBelow(`models/${model}/`);
  // What was meant to be done may have been written before.
  const written = keys.filter((key) => !key.endsWith('/plan.json'));
  expect(written).toEqual([expect.stringMatching(/\/runs\/[^/]+\/error\.json$/)]);
  const error = await jsonAt(written[0] ?? '');
  expect(`${error.message} ${error.hint ?? ''} ${error.where ?? ''}`).toMatch(says);
  expect(error.code).toBe(code);
  // For people: no stack, no path of a function's disk.
  expect(JSON.stringify(error)).not.toMatch(/\n\s+at |\/tmp\/|file:\/\//);
});

it.each(GOOD)('$prefix gets what it gets alone', async ({ prefix, files }) => {
  const [manifest = ''] = (await objectsBelow(`models/${prefix}/`)).filter((key) =>
    key.endsWith('/manifest.json'),
  );
  const made = (await jsonAt(manifest)).files as { variant?: string; sha256: string }[];
  const digests = made.flatMap(({ variant, sha256 }) =>
    variant === undefined ? [] : [[variant, sha256.replace(/^sha256:/, '')]],
  );
  expect(Object.fromEntries(digests)).toEqual(await alone(prefix, files));
});

it('everybody is told once, and nothing else is left', async () => {
  const told = stack.buses.flatMap(({ events }) =>
    events.filter(({ source }) => source === 'fettle'),
  );
  const of = (type: string) =>
    told.filter((event) => event['detail-type'] === type).map(({ detail }) => String(detail.name));
  expect(of('Optimization Failed').toSorted()).toEqual(
    hostile.map(({ model }) => model).toSorted(),
  );
  expect(of('Optimization Finished').toSorted()).toEqual(
    GOOD.map(({ prefix }) => prefix).toSorted(),
  );
  expect(stack.storage.openUploads(stack.outputs.OutboxName ?? '')).toEqual([]);
});

/** SHA-256 of what is made on this machine, by variant. */
async function alone(prefix: string, files: Upload['files']): Promise<Record<string, string>> {
  const folder = join(makeTempDir('alone'), prefix);
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const [job] = jobsOf(await readConfig(join(folder, 'fettle.yml')));
  if (!job) throw new Error('the configuration has a model');
  const runtime = `onnxruntime-node ${installedRuntimeVersion()}`;
  const context = inlineContext({ runtime, measuresLatency: false });
  const { builds } = await optimizeModel(job, context);
  const done = builds
    .filter(isDone)
    .map(({ variant, result }) => [variant, hexOf(result.value.artifact.digest)] as const);
  return Object.fromEntries(done);
}
