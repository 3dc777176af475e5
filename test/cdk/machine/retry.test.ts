import { describe, expect, it } from 'vitest';
import type { Retrier } from '../../../cdk/machine/asl.ts';
import { JOB_RETRY, RETRY } from '../../../cdk/machine/retry.ts';
import { JobFailed } from '../../../functions/publish/end-job.ts';
import {
  InputError,
  LimitError,
  ModelError,
  TimeLimitError,
  UnsupportedError,
} from '../../../shared/base/errors.ts';
import { AddressExpired } from '../../../shared/pipeline/distributed/http-transfer.ts';

/** The retrier that counts, as Step Functions finds it: the first that names the error. */
const retrierOf = (retriers: readonly Retrier[], error: string): Retrier | undefined =>
  retriers.find(
    ({ ErrorEquals: names }) =>
      names.includes(error) || (names.includes('States.TaskFailed') && error !== 'States.Timeout'),
  );

const attempts = (retriers: readonly Retrier[], error: string): number =>
  retrierOf(retriers, error)?.MaxAttempts ?? 0;

describe('RETRY', () => {
  it.each([
    'Lambda.TooManyRequestsException',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
  ])('tries %s again for about half an hour', (error) => {
    const retrier = retrierOf(RETRY, error);
    if (!retrier || !('BackoffRate' in retrier)) throw new Error('not tried again');
    const longest = Array.from({ length: retrier.MaxAttempts }, (_, attempt) =>
      Math.min(retrier.IntervalSeconds * retrier.BackoffRate ** attempt, retrier.MaxDelaySeconds),
    ).reduce((sum, seconds) => sum + seconds, 0);
    // With full jitter half of it on average, and more than the 15 minutes that a function may hold its slot.
    expect(longest / 2).toBeGreaterThan(15 * 60);
    expect(longest / 2).toBeLessThan(45 * 60);
  });

  it.each([
    ...[InputError, ModelError, UnsupportedError, LimitError, TimeLimitError, JobFailed],
    AddressExpired,
  ])('never tries what a model is to blame for: $name', ({ name }) => {
    expect(attempts(RETRY, name)).toBe(0);
  });

  it('tries a time-out once more, and a killed process five times', () => {
    expect(attempts(RETRY, 'States.Timeout')).toBe(1);
    expect(attempts(RETRY, 'Sandbox.Timedout')).toBe(1);
    expect(attempts(RETRY, 'Runtime.ExitError')).toBe(5);
  });
});

describe('JOB_RETRY', () => {
  it('starts a job once more that ended by itself', () => {
    expect(attempts(JOB_RETRY, 'States.TaskFailed')).toBe(1);
    expect(attempts(JOB_RETRY, 'Batch.TooManyRequestsException')).toBeGreaterThanOrEqual(10);
  });
});
