import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture } from './_functions.ts';
import { processesWith } from './process-tree.ts';
import { type LambdaEmulator, startLambda } from './start-lambda.ts';

/** Limits are enforced by reading /proc. */
const LINUX = process.platform === 'linux';

let lambda: LambdaEmulator;
const root = fileURLToPath(new URL('fixtures', import.meta.url));

beforeAll(async () => {
  process.env.FETTLE_TEST_SECRET = 'of the parent';
  lambda = await startLambda({
    functions: {
      environment: fixture('environment', {
        environment: { FETTLE_INBOX: 'inbox', LAMBDA_TASK_ROOT: '/elsewhere' },
        credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'token' },
      }),
      keeps: fixture('keeps'),
      asksAgain: fixture('asksAgain'),
      exits: fixture('exits'),
      sleeps: fixture('sleeps', { timeout: 0.2 }),
      hoards: fixture('hoards', { memory: 128, timeout: 20 }),
      fills: fixture('fills', { ephemeralStorage: 4, timeout: 20 }),
      broken: { root, handler: 'broken.handler' },
      missing: { root, handler: 'functions.none' },
    },
  });
});

afterAll(async () => {
  delete process.env.FETTLE_TEST_SECRET;
  await lambda.close();
});

const errorOf = async (name: string, payload: unknown = {}): Promise<Record<string, string>> => {
  const answer = await lambda.invoke(name, payload);
  expect(answer.functionError).toBe('Unhandled');
  return JSON.parse(answer.payload);
};

describe('an execution environment', () => {
  it('has the variables of Lambda and of the function, and no others', async () => {
    const { payload } = await lambda.invoke('environment', {});
    const { variables, folder, heapMb } = JSON.parse(payload);
    expect(folder).toBe(root);
    // With what young objects have; without a limit it is gigabytes.
    expect(heapMb).toBeLessThan(512);
    expect(variables).toMatchObject({
      FETTLE_INBOX: 'inbox',
      LAMBDA_TASK_ROOT: root,
      AWS_ACCESS_KEY_ID: 'AKIA',
      AWS_SESSION_TOKEN: 'token',
      AWS_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_NAME: 'environment',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      _HANDLER: 'functions.environment',
    });
    const others = Object.keys(variables).filter(
      (name) =>
        !/^(AWS_|FETTLE_INBOX$|LAMBDA_|_HANDLER$|_X_AMZN_|PATH$|TMPDIR$|LANG$|TZ$)/.test(name),
    );
    expect(others).toEqual([]);
  });

  it('keeps its temporary folder while it lives, and shares it with none', async () => {
    const [first, second] = await Promise.all([1, 2].map(() => lambda.invoke('keeps', {})));
    const folders = [first, second].map((answer) => JSON.parse(answer?.payload ?? ''));
    expect(folders.map(({ found }) => found)).toEqual([false, false]);
    expect(folders[0].folder).not.toBe(folders[1].folder);
    const again = JSON.parse((await lambda.invoke('keeps', {})).payload);
    expect(again.found).toBe(true);
    expect(folders.map(({ folder }) => folder)).toContain(again.folder);
  });

  it('gives whoever asks before it has answered the same work again', async () => {
    const { payload } = await lambda.invoke('asksAgain', { a: 1 });
    expect(JSON.parse(payload)).toEqual({ status: 200, event: { a: 1 } });
    expect((await lambda.invoke('asksAgain', { a: 2 })).payload).toContain('"a":2');
  });

  it('ends with the process, and the next one is new', async () => {
    const error = await errorOf('exits');
    expect(error.errorType).toBe('Runtime.ExitError');
    expect(error.errorMessage).toMatch(
      /^RequestId: \S+ Error: Runtime exited with error: exit status 3$/,
    );
    expect((await errorOf('exits')).errorType).toBe('Runtime.ExitError');
    expect(lambda.usage('exits').coldStarts).toHaveLength(2);
  });

  it('is killed when its time is up', async () => {
    const error = await errorOf('sleeps', { ms: 5000 });
    expect(error.errorType).toBe('Sandbox.Timedout');
    expect(error.errorMessage).toMatch(/^RequestId: \S+ Error: Task timed out after 0.20 seconds$/);
    expect(JSON.parse((await lambda.invoke('sleeps', { ms: 1 })).payload)).toEqual({ slept: 1 });
  });

  it.runIf(LINUX).each([false, true])(
    'is killed for the memory of its children, detached: %s',
    async (detached) => {
      const error = await errorOf('hoards', { mb: 256, detached });
      expect(error.errorType).toBe('Runtime.ExitError');
      expect(error.errorMessage).toContain('Runtime exited with error: signal: killed');
      expect(lambda.usage('hoards').peakBytes).toBeGreaterThan(128 * 2 ** 20);
      // The system takes a moment to take the memory back.
      await expect.poll(() => processesWith('AWS_LAMBDA_FUNCTION_NAME=hoards')).toEqual([]);
    },
  );

  it.runIf(LINUX)('is killed for more files than its temporary folder may hold', async () => {
    expect((await errorOf('fills', { mb: 8 })).errorType).toBe('Runtime.ExitError');
  });

  it('says why the function could not be loaded', async () => {
    expect(await errorOf('broken')).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'no module today',
    });
    expect((await errorOf('missing')).errorType).toBe('Runtime.HandlerNotFound');
  });
});

describe('closing', () => {
  it('leaves no process and no folder, whatever is under way', async () => {
    const other = await startLambda({
      functions: { keeps: fixture('keeps'), sleeps: fixture('sleeps', { timeout: 60 }) },
    });
    const { folder } = JSON.parse((await other.invoke('keeps', {})).payload);
    const running = other.invoke('sleeps', { ms: 50_000 });
    await new Promise((resolve) => setTimeout(resolve, 150));
    await other.close();
    expect(JSON.parse((await running).payload).errorType).toBe('Runtime.ExitError');
    expect(existsSync(folder)).toBe(false);
    expect(processesWith(folder.replace(/\d+$/, ''))).toEqual([]);
  });
});
