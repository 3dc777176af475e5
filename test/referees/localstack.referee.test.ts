/**
 * Step Functions by others: each rule of the language that our interpreter is tried with, and both machines of the
 * stack, end in LocalStack as they do in ours. Both call the same functions, in our emulator of Lambda.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { gatherMachine } from '../../cdk/machine/gather.ts';
import { optimizeMachine } from '../../cdk/machine/optimize.ts';
import { makeTempDir, removeTempDir } from '../../shared/base/files.ts';
import { casesKnowing } from '../contracts/known-differences.ts';
import { parseFunctionName } from '../emulators/lambda/function-name.ts';
import { type LambdaEmulator, startLambda } from '../emulators/lambda/start-lambda.ts';
import { type S3Emulator, startS3 } from '../emulators/s3/start-s3.ts';
import { FLOW_CASES } from '../emulators/states/_flow-cases.ts';
import { scaledClock } from '../emulators/states/clock.ts';
import type { Json } from '../emulators/states/json.ts';
import { lambdaTask } from '../emulators/states/lambda-task.ts';
import { s3Objects } from '../emulators/states/s3-objects.ts';
import { type StatesEmulator, startStates } from '../emulators/states/start-states.ts';
import { LAMBDA_INVOKE } from '../emulators/states/tasks.ts';
import { Machines } from './_machines.ts';
import { freePort, Server, withReferee } from './_referee.ts';
import { LOCALSTACK } from './known-differences.ts';

const FUNCTIONS = ['echo', 'double', 'boom', 'odd', 'advance', 'work', 'publish', 'gather'];
const OUTBOX = 'outbox';
const ANYBODY = { accessKeyId: 'test', secretAccessKey: 'test' };
const arn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

const OPTIMIZE = optimizeMachine({
  advance: arn('advance'),
  publish: arn('publish'),
  outbox: OUTBOX,
  lanes: { work: { kind: 'lambda', function: arn('work') } },
});
const job = (request: string): Json => ({ request, name: 'm', attempt: 1, round: 0 });

interface Case {
  readonly rule: string;
  readonly definition: Json;
  readonly input?: Json;
  readonly expected: { readonly status: string };
}

/** As JSON; without the share of failures that a map tolerates, which LocalStack takes only with a decimal point. */
const plain = (definition: object): Json =>
  JSON.parse(
    JSON.stringify(definition, (key, value) =>
      key === 'ToleratedFailurePercentage' ? undefined : value,
    ),
  );

const STACK_CASES: readonly Case[] = [
  ...[
    ['a job whose shards fit into the answer', 'few', 'SUCCEEDED'],
    ['a job whose shards lie in an object', 'many', 'SUCCEEDED'],
    ['a job that fails', 'broken', 'FAILED'],
    ['a job with a step that the machine does not know', 'lost', 'FAILED'],
  ].map(([rule = '', request = '', status = '']) => ({
    rule,
    definition: plain(OPTIMIZE),
    input: job(request),
    expected: { status },
  })),
  {
    rule: 'an upload that has to wait once more',
    definition: plain(gatherMachine(arn('gather'))),
    input: { seconds: 1, prefix: 'a/' },
    expected: { status: 'SUCCEEDED' },
  },
];

withReferee('localstack', (program) => {
  let folder: string;
  let lambda: LambdaEmulator;
  let s3: S3Emulator;
  let states: StatesEmulator;
  let localstack: Server;
  const clients: S3Client[] = [];
  let ours: Machines;
  let theirs: Machines;

  /** A bucket with the list of shards. */
  async function fill(endpoint: string, credentials = ANYBODY): Promise<S3Client> {
    const config = { endpoint, region: 'us-east-1', credentials, forcePathStyle: true };
    const client = new S3Client(config);
    clients.push(client);
    await client.send(new CreateBucketCommand({ Bucket: OUTBOX }));
    const shards = ['a', 'boom', 'c'].map((id) => ({ id, lane: 'work', order: 'o' }));
    await client.send(
      new PutObjectCommand({ Bucket: OUTBOX, Key: 'm', Body: JSON.stringify(shards) }),
    );
    return client;
  }

  async function startLocalStack(): Promise<Server> {
    const port = await freePort();
    const files = join(folder, 'localstack');
    mkdirSync(files);
    const script = new URL('../../scripts/referees/start-localstack.py', import.meta.url);
    return Server.start(program, [fileURLToPath(script)], {
      port,
      seconds: 150,
      env: {
        GATEWAY_LISTEN: `127.0.0.1:${port}`,
        FUNCTIONS_ENDPOINT: lambda.endpoint,
        FILESYSTEM_ROOT: files,
        // It asks nobody, and nobody's names.
        DISABLE_EVENTS: '1',
        SKIP_SSL_CERT_DOWNLOAD: '1',
        DNS_ADDRESS: '0',
      },
    });
  }

  beforeAll(async () => {
    folder = makeTempDir('referee');
    const root = fileURLToPath(new URL('fixtures', import.meta.url));
    lambda = await startLambda({ account: '000000000000' });
    for (const name of FUNCTIONS) lambda.define(name, { root, handler: `functions.${name}` });
    [s3, localstack] = await Promise.all([startS3(), startLocalStack()]);
    await fill(localstack.endpoint);
    states = await startStates({
      account: '000000000000',
      clock: scaledClock({ wait: 0, retry: 0 }),
      objects: s3Objects(await fill(s3.endpoint, s3.credentials)),
      tasks: {
        [LAMBDA_INVOKE]: lambdaTask((given, payload) =>
          lambda.invoke(parseFunctionName(given, undefined).name, payload),
        ),
      },
    });
    ours = new Machines(states.endpoint);
    theirs = new Machines(localstack.endpoint);
  });

  afterAll(async () => {
    for (const client of [...clients, ours, theirs]) if (client) end(client);
    await localstack?.[Symbol.asyncDispose]();
    await states?.close();
    await s3?.close();
    await lambda?.close();
    removeTempDir(folder);
  });

  describe('agrees that', () => {
    const add = casesKnowing(LOCALSTACK);
    for (const [index, { rule, definition, input = {}, expected }] of [
      ...FLOW_CASES,
      ...STACK_CASES,
    ].entries())
      add(rule, async () => {
        const name = `m${index}`;
        const own = await ours.run(name, definition, input);
        expect(own.status).toBe(expected.status);
        expect(await theirs.run(name, definition, input)).toEqual(own);
      });
  });
});

function end(client: S3Client | Machines): void {
  if (client instanceof Machines) client[Symbol.dispose]();
  else client.destroy();
}
