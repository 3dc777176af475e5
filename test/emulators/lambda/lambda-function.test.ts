import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixture } from './_functions.ts';
import {
  type DestinationRecord,
  type LambdaEmulator,
  type LambdaOptions,
  startLambda,
} from './start-lambda.ts';

let folder: string;
let lambda: LambdaEmulator | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fettle-events-'));
});

afterEach(async () => {
  await lambda?.close();
  rmSync(folder, { recursive: true });
});

const start = async (options: LambdaOptions): Promise<LambdaEmulator> => {
  lambda = await startLambda({ retryDelayMs: 1, ...options });
  return lambda;
};

async function event(emulator: LambdaEmulator, name: string, payload: unknown): Promise<void> {
  const client = new LambdaClient({
    endpoint: emulator.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const output = await client.send(
    new InvokeCommand({
      FunctionName: name,
      InvocationType: 'Event',
      Payload: JSON.stringify(payload),
    }),
  );
  expect(output.StatusCode).toBe(202);
  await emulator.settled();
}

const attempts = (path: string): number => readFileSync(path).length;

describe('an event', () => {
  it('is tried three times', async () => {
    const records: DestinationRecord[] = [];
    const onSuccess = (record: DestinationRecord): void => void records.push(record);
    const emulator = await start({ functions: { f: fixture('failsAtFirst', { onSuccess }) } });
    const path = join(folder, 'attempts');
    await event(emulator, 'f', { path, times: 2 });
    expect(attempts(path)).toBe(3);
    expect(records).toMatchObject([
      {
        requestContext: { condition: 'Success', approximateInvokeCount: 3 },
        responsePayload: 'done',
      },
    ]);
  });

  it('goes to its destination when it failed at last', async () => {
    const records: DestinationRecord[] = [];
    const onFailure = (record: DestinationRecord): void => void records.push(record);
    const emulator = await start({
      functions: { f: fixture('failsAtFirst', { onFailure, retries: 1 }) },
    });
    const payload = { path: join(folder, 'attempts'), times: 9 };
    await event(emulator, 'f', payload);
    expect(attempts(payload.path)).toBe(2);
    expect(records).toMatchObject([
      {
        version: '1.0',
        requestContext: {
          functionArn: `${emulator.arn('f')}:$LATEST`,
          condition: 'RetriesExhausted',
          approximateInvokeCount: 2,
        },
        requestPayload: payload,
        responseContext: { statusCode: 200, functionError: 'Unhandled' },
        responsePayload: { errorType: 'Error', errorMessage: 'again' },
      },
    ]);
  });

  it('waits while it is throttled, and loses no attempt by that', async () => {
    const emulator = await start({
      functions: { f: fixture('failsAtFirst', { reservedConcurrency: 1 }) },
    });
    const paths = ['a', 'b', 'c'].map((name) => join(folder, name));
    await Promise.all(paths.map((path) => event(emulator, 'f', { path, times: 2 })));
    expect(paths.map(attempts)).toEqual([3, 3, 3]);
    expect(emulator.usage('f').throttles).toBeGreaterThan(0);
  });
});

describe('faults', () => {
  it('deliver every event twice', async () => {
    const emulator = await start({
      functions: { f: fixture('failsAtFirst') },
      faults: { seed: 1, duplicate: 1 },
    });
    const path = join(folder, 'attempts');
    await event(emulator, 'f', { path, times: 0 });
    expect(attempts(path)).toBe(2);
  });

  it('throttle about their share, the same with the same seed', async () => {
    const run = async (seed: number): Promise<readonly string[]> => {
      await lambda?.close();
      const emulator = await start({
        functions: { f: fixture('echo') },
        faults: { seed, throttle: 0.3 },
      });
      const answers: string[] = [];
      for (let call = 0; call < 24; call++) {
        const answer = emulator.invoke('f', {}).then(
          () => 'done',
          (error: Error) => error.name,
        );
        answers.push(await answer);
      }
      expect(answers.filter((answer) => answer === 'TooManyRequestsException')).toHaveLength(
        emulator.usage('f').throttles,
      );
      return answers;
    };
    const first = await run(1);
    const throttled = first.filter((answer) => answer !== 'done').length;
    expect(throttled).toBeGreaterThan(2);
    expect(throttled).toBeLessThan(15);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
  });

  it('kill every environment at some moment, and an event survives it', async () => {
    const emulator = await start({
      functions: { f: fixture('echo') },
      faults: { seed: 4, kill: 1 },
    });
    for (let call = 0; call < 3; call++) {
      const { functionError, payload } = await emulator.invoke('f', {});
      expect(functionError).toBe('Unhandled');
      expect(JSON.parse(payload).errorType).toBe('Runtime.ExitError');
    }
  });
});

describe('usage', () => {
  it('is metered as Lambda bills it', async () => {
    const emulator = await start({ functions: { f: fixture('sleeps', { memory: 512 }) } });
    await emulator.invoke('f', { ms: 40 });
    await emulator.invoke('f', { ms: 40 });
    const { billedMs, gbSeconds, invocations, coldStarts, peakBytes } = emulator.usage('f');
    const [cold] = coldStarts;
    expect(invocations).toBe(2);
    expect(coldStarts).toHaveLength(1);
    expect(cold?.handlerMs).toBeGreaterThanOrEqual(cold?.initMs ?? Infinity);
    expect(cold?.waitedMs).toBeGreaterThanOrEqual(0);
    expect(billedMs).toBeGreaterThanOrEqual(80 + (cold?.initMs ?? 0));
    expect(gbSeconds).toBeCloseTo(billedMs / 2000, 9);
    expect(peakBytes).toBeGreaterThan(20 * 2 ** 20);
  });
});
