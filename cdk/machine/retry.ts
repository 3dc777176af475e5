/** What is tried again, how often and how long apart: one answer for every task of the machines. */
import type { Retrier } from './asl.ts';

/** Busy or broken services: nothing ran, so trying again costs nothing but time. */
const SERVICE_ERRORS = [
  'Lambda.TooManyRequestsException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ResourceNotReadyException',
  'Lambda.EC2ThrottledException',
  'Lambda.EC2UnexpectedException',
  'Lambda.ENILimitReachedException',
  'Batch.BatchException',
  'Batch.AWSBatchException',
  'Batch.ServerException',
  'Batch.TooManyRequestsException',
  'Batch.SdkClientException',
] as const;

/** What Lambda calls a function that was still running when its time ended. */
const TIME_OUTS = ['States.Timeout', 'Sandbox.Timedout'] as const;

/** What the model or its data are to blame for, the same again tomorrow; the end of a job that has failed, and addresses
 * that are over. */
const FINAL = [
  'InputError',
  'ModelError',
  'UnsupportedError',
  'LimitError',
  'TimeLimitError',
  'JobFailed',
  'AddressExpired',
] as const;

const full = (
  errors: readonly string[],
  attempts: number,
  interval: number,
  longest: number,
): Retrier => ({
  ErrorEquals: errors,
  IntervalSeconds: interval,
  MaxAttempts: attempts,
  BackoffRate: 2,
  MaxDelaySeconds: longest,
  JitterStrategy: 'FULL',
});

/**
 * Retriers of a task, the first that names the error counts: never what would end the same way; thirty times, up to two minutes apart, while
 * services are busy (about half an hour with full jitter: longer than one function may run, so that a
 * slot becomes free); once after a time-out, which costs the whole time again and will mostly end
 * the same way; five times after anything else, which is a killed process or a lost connection.
 */
export const RETRY: readonly Retrier[] = [
  { ErrorEquals: FINAL, MaxAttempts: 0 },
  full(SERVICE_ERRORS, 30, 1, 120),
  full(TIME_OUTS, 1, 5, 60),
  full(['States.TaskFailed'], 5, 1, 30),
];

/**
 * Retriers of a job of Batch, which tries again itself when its machine went away; what ended by itself may have
 * taken hours and is started once more.
 */
export const JOB_RETRY: readonly Retrier[] = [
  full(SERVICE_ERRORS, 30, 1, 120),
  full(['States.TaskFailed'], 1, 30, 60),
];
