import { expect, it } from 'vitest';
import { JOB_RETRY, RETRY } from '../../../cdk/machine/retry.ts';
import { invoke, submitJob } from '../../../cdk/machine/tasks.ts';

const STEP = { comment: 'why', to: { Next: 'B' }, output: {} } as const;

it('invokes a function, waiting a little longer than it may take', () => {
  expect(invoke('arn:f', { a: 1 }, STEP)).toEqual({
    Type: 'Task',
    Comment: 'why',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: 'arn:f', Payload: { a: 1 } },
    TimeoutSeconds: 960,
    Retry: RETRY,
    Output: {},
    Next: 'B',
  });
});

it('submits a job without a time limit of its own, and catches what it is told to', () => {
  const caught = [{ ErrorEquals: ['States.ALL'], Next: 'C' }];
  const lane = { kind: 'batch', queue: 'arn:q', definition: 'd' } as const;
  expect(submitJob(lane, 'name', 'https://order', { ...STEP, otherwise: caught })).toEqual({
    Type: 'Task',
    Comment: 'why',
    Resource: 'arn:aws:states:::batch:submitJob.sync',
    Arguments: {
      JobName: 'name',
      JobQueue: 'arn:q',
      JobDefinition: 'd',
      ContainerOverrides: { Environment: [{ Name: 'FETTLE_ORDER', Value: 'https://order' }] },
    },
    Retry: JOB_RETRY,
    Catch: caught,
    Output: {},
    Next: 'B',
  });
});
