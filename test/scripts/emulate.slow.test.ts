import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ready } from '../../scripts/emulate/start-fettle.ts';
import { ROOT } from '../architecture/sources.ts';

let emulator: ChildProcess;
let ready: Ready;
let s3: S3Client | undefined;
const printed: string[] = [];

beforeAll(async () => {
  emulator = spawn(
    'npm',
    ['run', '--silent', 'emulate', '--', '--inbox', 'models-in', '--quiet-seconds', '1'],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const said: string[] = [];
  emulator.stderr?.setEncoding('utf8').on('data', (text: string) => said.push(text));
  if (!emulator.stdout) throw new Error('no output');
  const lines = createInterface({ input: emulator.stdout });
  await new Promise<void>((resolve, reject) => {
    emulator.on('close', () => reject(new Error(said.join('').slice(-2000))));
    lines.on('line', (line) => {
      printed.push(line);
      resolve();
    });
  });
  ready = JSON.parse(printed[0] ?? '');
  s3 = new S3Client({ endpoint: ready.s3, ...clientOptions(), forcePathStyle: true });
});
afterAll(() => {
  s3?.destroy();
  emulator.kill('SIGKILL');
});

const clientOptions = () => ({
  region: ready.region,
  credentials: { accessKeyId: ready.accessKeyId, secretAccessKey: ready.secretAccessKey },
});
const put = (Key: string, Body: Uint8Array | string) =>
  s3?.send(new PutObjectCommand({ Bucket: ready.inbox, Key, Body }));
const read = async (Key: string): Promise<string | undefined> => {
  try {
    const found = await s3?.send(new GetObjectCommand({ Bucket: ready.outbox, Key }));
    return await found?.Body?.transformToString();
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
};

describe('npm run emulate', () => {
  it('prints one line when everything listens', () => {
    expect(ready).toEqual({
      s3: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      lambda: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      inbox: 'models-in',
      outbox: 'outbox',
      function: 'fettle-api',
      region: 'us-east-1',
      accessKeyId: expect.any(String),
      secretAccessKey: expect.any(String),
    });
  });

  it('makes of a dropped model every form of it, with the report', async () => {
    await put('team/test.npz', readFileSync(`${ROOT}/examples/digits/test.npz`));
    await put('team/digits.keras', readFileSync(`${ROOT}/examples/digits/digits.keras`));
    const latest = () => read('models/team/digits/latest.json');
    await expect.poll(latest, { timeout: 500_000, interval: 1000 }).toBeDefined();
    const { run, verdict, files } = JSON.parse((await latest()) ?? '');
    expect(verdict).toBe('ok');
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(['float32.onnx', 'float16.onnx', 'int8.onnx']),
    );
    const report = JSON.parse((await read(`${run.replace(/\/?$/, '/')}report.json`)) ?? '');
    expect(report.schema).toBe('fettle.report/1');
  });

  it('answers the function that the line names', async () => {
    const lambda = new LambdaClient({ endpoint: ready.lambda, ...clientOptions() });
    const Payload = JSON.stringify({ action: 'report', name: 'team/digits' });
    const answer = await lambda.send(new InvokeCommand({ FunctionName: ready.function, Payload }));
    lambda.destroy();
    const { state, report } = JSON.parse(Buffer.from(answer.Payload ?? []).toString());
    expect(state).toBe('done');
    expect(report.models[0].name).toBe('team/digits');
  });

  it('ends at a signal, having printed nothing else', async () => {
    const ended = new Promise((resolve) => emulator.on('close', resolve));
    emulator.kill('SIGTERM');
    await ended;
    expect(printed).toHaveLength(1);
    await expect(fetch(ready.s3)).rejects.toThrow();
  });
});

/** Of an S3 that is not there. */
const KEYS = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };

describe('npm run emulate, where it cannot start,', () => {
  it.each<[readonly string[], number, RegExp]>([
    [['--port', '1'], 2, /^Unknown option '--port'\nusage: /],
    [['--s3', 'http://127.0.0.1:1'], 1, /cannot start: connect ECONNREFUSED 127\.0\.0\.1:1\n$/],
  ])('says why: %j', (args, code, message) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['scripts/emulate.ts', ...args],
      { cwd: ROOT, encoding: 'utf8', env: { ...process.env, ...KEYS } },
    );
    expect(stderr).toMatch(message);
    expect({ status, stdout }).toEqual({ status: code, stdout: '' });
  });
});
