/** The two kinds of work that a machine starts, as states. */
import type { Catcher, Json, TaskState, Transition } from './asl.ts';
import { JOB_RETRY, RETRY } from './retry.ts';

/** Lambda ends a function after 900 s; what has not answered a minute later is lost. */
const LAMBDA_SECONDS = 960;

export interface Step {
  readonly comment: string;
  readonly to: Transition;
  readonly output: Json;
  readonly otherwise?: readonly Catcher[];
}

/** Invokes a function (its ARN, or a placeholder of one) and waits for its answer. */
export function invoke(functionArn: string, payload: Json, step: Step): TaskState {
  return {
    Type: 'Task',
    Comment: step.comment,
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: functionArn, Payload: payload },
    TimeoutSeconds: LAMBDA_SECONDS,
    Retry: RETRY,
    ...(step.otherwise && { Catch: step.otherwise }),
    Output: step.output,
    ...step.to,
  };
}

export interface BatchLane {
  readonly kind: 'batch';
  readonly queue: string;
  readonly definition: string;
}

/**
 * Submits a job and waits for its end. The job learns its order's address from its environment, as overrides
 * of a job are limited to 8 kB. Its time limit is the job definition's.
 */
export function submitJob(lane: BatchLane, name: string, order: string, step: Step): TaskState {
  return {
    Type: 'Task',
    Comment: step.comment,
    Resource: 'arn:aws:states:::batch:submitJob.sync',
    Arguments: {
      JobName: name,
      JobQueue: lane.queue,
      JobDefinition: lane.definition,
      ContainerOverrides: { Environment: [{ Name: 'FETTLE_ORDER', Value: order }] },
    },
    Retry: JOB_RETRY,
    ...(step.otherwise && { Catch: step.otherwise }),
    Output: step.output,
    ...step.to,
  };
}
