import { describe, expect, test } from 'vitest';
import {
  type Failure,
  MAX_ATTEMPTS,
  patiently,
  waitBefore,
} from '../../../action/github/patience.ts';

const NOW = 1_000_000_000_000;
const failure = (status: number, headers: Failure['headers'] = {}, message = ''): Failure => ({
  status,
  headers,
  message,
});

describe('seconds before the next attempt', () => {
  test.each<[string, Failure, number, boolean, number | undefined]>([
    ['as GitHub says', failure(429, { 'retry-after': '7' }), 1, false, 7],
    ['as GitHub says with 403', failure(403, { 'retry-after': '7' }), 1, false, 7],
    [
      'until the limit ends',
      failure(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1000000030' }),
      1,
      false,
      30,
    ],
    [
      'at least one when it has just ended',
      failure(429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '999999999' }),
      1,
      false,
      1,
    ],
    ['a minute after a limit that says nothing', failure(429), 1, false, 60],
    [
      'a minute after a secondary limit',
      failure(403, {}, 'You have exceeded a secondary rate limit'),
      1,
      false,
      60,
    ],
    [
      'none where a right is missing',
      failure(403, { 'x-ratelimit-remaining': '12' }, 'Resource not accessible'),
      1,
      true,
      undefined,
    ],
    ['none for what is not there', failure(404), 1, true, undefined],
    ['none for what is wrong', failure(422), 1, true, undefined],
    ['one after a server failed', failure(502), 1, true, 1],
    ['twice as long each time', failure(500), 3, true, 4],
    ['none where it may have been done', failure(500), 1, false, undefined],
    [
      'none after the last attempt',
      failure(429, { 'retry-after': '1' }),
      MAX_ATTEMPTS,
      true,
      undefined,
    ],
  ])('%s', (_, what, attempt, mayRepeat, expected) => {
    expect(waitBefore(what, { attempt, mayRepeat, now: NOW })).toBe(expected);
  });
});

class _Answer extends Error {
  readonly failure: Failure;
  constructor(of: Failure) {
    super(of.message);
    this.failure = of;
  }
}

/** Fails as often as there are failures, and says how long it waited. */
async function _run(failures: readonly (Failure | Error)[]) {
  const waits: number[] = [];
  let attempts = 0;
  const outcome = await patiently(
    async () => {
      const next = failures[attempts++];
      if (next instanceof Error) throw next;
      if (next) throw new _Answer(next);
      return 'done';
    },
    (error) => (error instanceof _Answer ? error.failure : undefined),
    { mayRepeat: true, now: () => NOW, onWait: () => {}, sleep: async (ms) => void waits.push(ms) },
  ).catch((error: unknown) => error);
  return { outcome, waits, attempts };
}

test('goes on until it is done', async () => {
  expect(await _run([failure(500), failure(429, { 'retry-after': '3' })])).toEqual({
    outcome: 'done',
    waits: [1000, 3000],
    attempts: 3,
  });
});

test('gives up after five attempts', async () => {
  const { outcome, attempts } = await _run(
    Array.from({ length: 9 }, () => failure(500, {}, 'last')),
  );
  expect(outcome).toMatchObject({ message: 'last' });
  expect(attempts).toBe(5);
});

test('an hour is not waited out', async () => {
  const { outcome, waits } = await _run([failure(429, { 'retry-after': '3600' })]);
  expect(outcome).toBeInstanceOf(_Answer);
  expect(waits).toEqual([]);
});

test('waits count together', async () => {
  const { waits } = await _run(Array.from({ length: 4 }, () => failure(429)));
  expect(waits).toEqual([60_000, 60_000]);
});

test('what is no answer is thrown at once', async () => {
  const { outcome, attempts } = await _run([new TypeError('own mistake')]);
  expect(outcome).toBeInstanceOf(TypeError);
  expect(attempts).toBe(1);
});
