import {
  InvokeCommand,
  type InvokeCommandInput,
  type InvokeCommandOutput,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture } from './_functions.ts';
import { type LambdaEmulator, startLambda } from './start-lambda.ts';

let lambda: LambdaEmulator;
let client: LambdaClient;

beforeAll(async () => {
  lambda = await startLambda({
    functions: {
      echo: fixture('echo', { memory: 256, aliases: { live: '7' } }),
      logs: fixture('logs'),
      boom: fixture('boom'),
      cries: fixture('cries'),
      large: fixture('large'),
      sleeps: fixture('sleeps', { reservedConcurrency: 1 }),
    },
  });
  client = new LambdaClient({
    endpoint: lambda.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
});

afterAll(() => lambda.close());

const send = (input: InvokeCommandInput): Promise<InvokeCommandOutput> =>
  client.send(new InvokeCommand(input));
const text = (output: InvokeCommandOutput): string => Buffer.from(output.Payload ?? []).toString();

describe('Invoke', () => {
  it('answers with what the handler returned', async () => {
    const output = await send({
      FunctionName: 'echo',
      Payload: JSON.stringify({ a: 1 }),
      ClientContext: Buffer.from('{"custom":{"b":"2"}}').toString('base64'),
    });
    expect(output.StatusCode).toBe(200);
    expect(output.ExecutedVersion).toBe('$LATEST');
    expect(output.FunctionError).toBeUndefined();
    const answer = JSON.parse(text(output));
    expect(answer).toMatchObject({
      event: { a: 1 },
      arn: 'arn:aws:lambda:us-east-1:123456789012:function:echo',
      memory: '256',
      clientContext: { custom: { b: '2' } },
    });
    expect(answer.remaining).toBeGreaterThan(2000);
    expect(answer.remaining).toBeLessThanOrEqual(3000);
  });

  it('gives an environment its next event while it is warm', async () => {
    const first = JSON.parse(text(await send({ FunctionName: 'echo' })));
    const second = JSON.parse(text(await send({ FunctionName: 'echo' })));
    expect(first.event).toEqual({});
    expect(second.calls).toBe(first.calls + 1);
  });

  it.each([
    ['arn:aws:lambda:us-east-1:123456789012:function:echo', undefined, '$LATEST'],
    ['123456789012:function:echo:live', undefined, '7'],
    ['echo:live', 'live', '7'],
    ['echo', '7', '7'],
  ])('finds %s with qualifier %s', async (FunctionName, Qualifier, version) => {
    const output = await send({ FunctionName, Qualifier });
    expect(output.ExecutedVersion).toBe(version);
  });

  it('returns the end of the log when asked', async () => {
    const output = await send({ FunctionName: 'logs', LogType: 'Tail' });
    const log = Buffer.from(output.LogResult ?? '', 'base64').toString();
    expect(log).toMatch(/^START RequestId: /);
    expect(log).toContain('a line of the handler');
    expect(log).toMatch(/REPORT RequestId: \S+\tDuration: \S+ ms\tBilled Duration: \d+ ms\t/);
    expect(log).toMatch(/Init Duration: \S+ ms/);
    expect(text(output)).toBe('null');
  });

  it('says what the handler threw', async () => {
    const output = await send({ FunctionName: 'boom' });
    expect(output.StatusCode).toBe(200);
    expect(output.FunctionError).toBe('Unhandled');
    expect(JSON.parse(text(output))).toMatchObject({
      errorType: 'TypeError',
      errorMessage: 'no such tensor',
    });
  });

  it('says it whatever letters it has, and how many', async () => {
    const output = await send({ FunctionName: 'cries' });
    const { errorType, errorMessage } = JSON.parse(text(output));
    expect(errorType).toBe('Ошибка');
    expect(errorMessage).toMatch(/^✖ x{50000}\n→$/);
  });

  it('runs nothing for DryRun', async () => {
    const before = lambda.usage('boom').invocations;
    const output = await send({ FunctionName: 'boom', InvocationType: 'DryRun' });
    expect(output.StatusCode).toBe(204);
    expect(lambda.usage('boom').invocations).toBe(before);
  });

  it('lets an answer be 6,291,556 bytes and no more', async () => {
    const invoke = (bytes: number): Promise<InvokeCommandOutput> =>
      send({ FunctionName: 'large', Payload: JSON.stringify({ bytes }) });
    expect(text(await invoke(6_291_556))).toHaveLength(6_291_556);
    const output = await invoke(6_291_557);
    expect(output.FunctionError).toBe('Unhandled');
    expect(JSON.parse(text(output)).errorType).toBe('Function.ResponseSizeTooLarge');
  });

  it('lets requests be as long as Lambda does', async () => {
    const payload = (bytes: number): string => JSON.stringify('x'.repeat(bytes - 2));
    // The answer holds the request and more, which is too long in its turn.
    const output = await send({ FunctionName: 'boom', Payload: payload(6_291_456) });
    expect(output.StatusCode).toBe(200);
    await expect(send({ FunctionName: 'boom', Payload: payload(6_291_457) })).rejects.toMatchObject(
      { name: 'RequestTooLargeException' },
    );
    await expect(
      send({ FunctionName: 'boom', Payload: payload(1_048_577), InvocationType: 'Event' }),
    ).rejects.toMatchObject({ name: 'RequestTooLargeException' });
  });

  it.each([
    [{ FunctionName: 'none' }, 'ResourceNotFoundException', 404],
    [{ FunctionName: 'echo', Qualifier: 'none' }, 'ResourceNotFoundException', 404],
    [{ FunctionName: 'echo:live', Qualifier: '7' }, 'InvalidParameterValueException', 400],
    [{ FunctionName: 'a b' }, 'ValidationException', 400],
    [{ FunctionName: 'echo', Payload: '{oops' }, 'InvalidRequestContentException', 400],
  ])('refuses %j', async (input, name, status) => {
    await expect(send(input)).rejects.toMatchObject({
      name,
      $metadata: { httpStatusCode: status },
    });
  });

  it('refuses what is beyond the reserved concurrency', async () => {
    const [first, second] = await Promise.allSettled(
      [1, 2].map(() => send({ FunctionName: 'sleeps', Payload: JSON.stringify({ ms: 50 }) })),
    );
    expect(first?.status).toBe('fulfilled');
    expect(second).toMatchObject({
      reason: {
        name: 'TooManyRequestsException',
        Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
        retryAfterSeconds: '1',
      },
    });
    expect(lambda.usage('sleeps').throttles).toBe(1);
  });
});
