/** What the functions meet, for tests that call them in this process: buckets, a bus, the environment of the stack. */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, vi } from 'vitest';
import { s3Client } from '../../functions/adapters/clients.ts';
import { S3Objects } from '../../functions/adapters/s3-objects.ts';
import { type AdvanceAnswer, takeTurn } from '../../functions/advance/turn.ts';
import { workOn } from '../../functions/work-on.ts';
import type { Shard } from '../../shared/pipeline/distributed/order.ts';
import type { JobRequest } from '../../shared/pipeline/distributed/request.ts';
import { currentToolchain } from '../../shared/pipeline/distributed/toolchain.ts';
import { type RequestLine, type S3Emulator, startS3 } from '../emulators/s3/start-s3.ts';
import { EXAMPLES } from '../pipeline/inline-context.ts';

export interface Cloud {
  readonly inbox: S3Objects;
  readonly outbox: S3Objects;
  /** Events that went out: type and detail. */
  readonly events: { readonly type: string; readonly detail: Record<string, unknown> }[];
  /** That S3 got. */
  readonly requests: readonly RequestLine[];
}

/** Starts it for the tests of a file. What it gives is filled when they run. */
export function withCloud(): () => Cloud {
  const events: Cloud['events'] = [];
  const requests: RequestLine[] = [];
  let cloud: Cloud | undefined;
  let s3: S3Emulator | undefined;
  const bus = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const { Entries } = JSON.parse(Buffer.concat(parts).toString());
      for (const { DetailType, Detail } of Entries)
        events.push({ type: DetailType, detail: JSON.parse(Detail) });
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end(JSON.stringify({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] }));
    });
  });
  beforeAll(async () => {
    s3 = await startS3({ onRequest: (line) => requests.push(line) });
    s3.createBucket('inbox', { versioning: 'Enabled' });
    s3.createBucket('outbox', { versioning: 'Enabled' });
    await new Promise<void>((resolve) => bus.listen(0, '127.0.0.1', resolve));
    const { port } = bus.address() as AddressInfo;
    const lane = { memoryMb: 3538, seconds: 900 };
    const environment = {
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ENDPOINT_URL_EVENTBRIDGE: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
      AWS_REGION: s3.region,
      POWERTOOLS_DEV: 'false',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      FETTLE_INBOX: 'inbox',
      FETTLE_OUTBOX: 'outbox',
      FETTLE_OPTIMIZE_ARN: 'arn:optimize',
      FETTLE_GATHER_ARN: 'arn:gather',
      FETTLE_MAX_JOBS: '5',
      FETTLE_QUIET_SECONDS: '1',
      FETTLE_KEEP_RUNS: '2',
      FETTLE_EVENT_BUS: 'default',
      FETTLE_LATENCY: 'off',
      FETTLE_LANES: JSON.stringify({ work: lane, measure: lane }),
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    const client = s3Client();
    cloud = {
      inbox: new S3Objects(client, 'inbox'),
      outbox: new S3Objects(client, 'outbox'),
      events,
      requests,
    };
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    bus.closeAllConnections();
    bus.close();
    await s3?.close();
  });
  return () => {
    if (!cloud) throw new Error('only while tests run');
    return cloud;
  };
}

/** Uploads files and writes the request for them; gives what `Optimize` is started with. */
export async function requested(
  { inbox, outbox }: Cloud,
  files: Readonly<Record<string, Uint8Array | string>>,
  overrides: Partial<JobRequest> = {},
) {
  const objects = [];
  for (const [path, bytes] of Object.entries(files)) {
    const key = `team/${path}`;
    await inbox.put(key, bytes);
    const info = await inbox.head(key);
    if (!info) throw new Error(`${key} was not uploaded`);
    const { etag, versionId } = info;
    objects.push({ key, etag, bytes: info.bytes, ...(versionId !== undefined && { versionId }) });
  }
  const data = objects.filter(({ key }) => key.endsWith('.npz'));
  const [configuration] = objects.filter(({ key }) => key.endsWith('.yml'));
  const model = objects.filter(({ key }) => !/\.(npz|yml)$/.test(key));
  const request: JobRequest = {
    schema: 'fettle.request/1',
    name: 'team/digits',
    inbox: 'inbox',
    prefix: 'team/',
    model,
    modelPath: model[0]?.key.slice('team/'.length) ?? '',
    data,
    ...(configuration && { configuration, configurationModel: 'digits' }),
    sourceVersion: new Date().toISOString(),
    reason: 'upload',
    toolchain: await currentToolchain(),
    attempt: 1,
    ...overrides,
  };
  const key = `jobs/${Math.random().toString(16).slice(2, 14).padEnd(40, '0')}.json`;
  await outbox.put(key, JSON.stringify(request));
  return { request: key, name: request.name, attempt: 1, round: 0 };
}

/** Drives a job as the state machine does, up to its last round. @throws what `advance` throws */
export async function drive(
  input: Awaited<ReturnType<typeof requested>>,
  execution: string,
  run: (shard: Shard) => Promise<unknown> = (shard) => workOn(shard, 'work'),
): Promise<AdvanceAnswer> {
  for (let state = { ...input }; ; state = { ...state, round: state.round + 1 }) {
    const answer = await takeTurn({ action: 'advance', execution, ...state });
    if (answer === null) throw new Error('a turn has an answer');
    if (answer.next !== 'inline') return answer;
    for (const shard of answer.shards) await run(shard);
  }
}

export const example = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(join(EXAMPLES, name)));
