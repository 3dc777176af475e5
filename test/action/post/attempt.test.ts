import { expect, test } from 'vitest';
import { Attempts, failureText, RefusedError } from '../../../action/post/attempt.ts';
import { collectingLog } from '../../../shared/base/log.ts';

test('a step that works gives its result and says nothing', async () => {
  const log = collectingLog();
  const attempts = new Attempts(log);
  expect(await attempts.make('do', 'x: write', async () => 3)).toBe(3);
  expect([attempts.failures, log.lines]).toEqual([[], []]);
});

test.each([
  [
    'of REST',
    Object.assign(new Error('no - https://docs.github.com/rest\nstack'), { status: 403 }),
    403,
    'Grant it',
  ],
  ['of GraphQL', new RefusedError('no', 'FORBIDDEN'), 403, 'permissions: { x: write }'],
  ['another', new RefusedError('no', 'UNPROCESSABLE'), undefined, 'do: no'],
  ['no answer', new TypeError('no'), undefined, 'do: no'],
])('a refusal %s is kept and said', async (_, error, status, text) => {
  const log = collectingLog();
  const attempts = new Attempts(log);
  const step = () => Promise.reject(error);
  expect(await attempts.make('do', 'x: write', step)).toBeUndefined();
  expect(attempts.failures[0]?.status).toBe(status);
  expect(attempts.failures[0]?.message).toBe('no');
  expect(log.lines).toEqual([expect.stringContaining(text)]);
});

test('failureText: a server that is down takes no permission', () => {
  const down = { doing: 'do', status: 500, message: 'oops', permission: 'x: write' };
  expect(failureText(down)).toBe('GitHub did not let Fettle do: 500 oops');
});
