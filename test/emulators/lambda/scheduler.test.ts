import { afterEach, expect, it } from 'vitest';
import { fixture } from './_functions.ts';
import { processesWith } from './process-tree.ts';
import { type LambdaEmulator, startLambda } from './start-lambda.ts';

let lambda: LambdaEmulator | undefined;
afterEach(() => lambda?.close());

it('keeps to its number of environments: others wait, and idle ones make room', async () => {
  lambda = await startLambda({
    environments: 2,
    functions: { a: fixture('echo'), b: fixture('echo'), c: fixture('sleeps') },
  });
  const calls = ['a', 'b', 'a', 'b', 'a', 'b'].map((name) => lambda?.invoke(name, {}));
  const answers = await Promise.all(calls);
  expect(answers.map((answer) => answer?.functionError)).toEqual(Array(6).fill(undefined));
  expect((await lambda.invoke('c', { ms: 1 })).functionError).toBeUndefined();
  const alive = ['a', 'b', 'c'].flatMap((name) =>
    processesWith(`AWS_LAMBDA_FUNCTION_NAME=${name}\0`),
  );
  expect(alive.length).toBeLessThanOrEqual(2);
});

it('starts anew what was defined anew', async () => {
  lambda = await startLambda({ functions: { a: fixture('echo') } });
  expect(JSON.parse((await lambda.invoke('a', {})).payload).memory).toBe('128');
  lambda.define('a', fixture('echo', { memory: 256 }));
  expect(JSON.parse((await lambda.invoke('a', {})).payload).memory).toBe('256');
});
