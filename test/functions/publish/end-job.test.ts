import { describe, expect, it } from 'vitest';
import { endJob, isEnd, JobFailed } from '../../../functions/publish/end-job.ts';

const END = { action: 'end', error: { Error: 'ToolError', Cause: 'S3' }, redrives: 0, toldAt: 0 };

describe('endJob', () => {
  it('fails with the cause', () => {
    expect(() => endJob(END)).toThrow(new JobFailed('ToolError: S3'));
    expect(() => endJob({ ...END, error: { Error: 'States.Timeout' } })).toThrow(
      'States.Timeout: no cause was given',
    );
  });

  it.each([
    ['{"errorType":"ToolError","errorMessage":"no answer","trace":[]}', 'no answer'],
    ['{"something":"else"}', '{"something":"else"}'],
    ['{ not JSON', '{ not JSON'],
  ])('says of %s what was said', (Cause, message) => {
    expect(() => endJob({ ...END, error: { Error: 'E', Cause } })).toThrow(
      new JobFailed(`E: ${message}`),
    );
  });

  it('goes on when the execution was redriven, and fails again when it failed again', () => {
    expect(endJob({ ...END, redrives: 1 })).toBeNull();
    expect(() => endJob({ ...END, redrives: 1, toldAt: 1 })).toThrow(JobFailed);
    expect(endJob({ ...END, redrives: 2, toldAt: 1 })).toBeNull();
  });

  it('bears the name that the state machine does not try again', () => {
    expect(new JobFailed('x').name).toBe('JobFailed');
  });
});

it.each([
  [END, true],
  [{ action: 'publish' }, false],
  [null, false],
  ['end', false],
])('isEnd of %j is %s', (event, expected) => {
  expect(isEnd(event)).toBe(expected);
});
