/** What the two queues of AWS Batch have in common: how long a job may take, and when it is tried again. */
import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  Action,
  EcsJobDefinition,
  type FargateComputeEnvironment,
  type IEcsContainerDefinition,
  JobQueue,
  type ManagedEc2EcsComputeEnvironment,
  Reason,
  RetryStrategy,
} from 'aws-cdk-lib/aws-batch';
import { ContainerImage, type ContainerImageConfig, LogDriver } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Image } from './image.ts';
import type { JobLane } from './machine.ts';

/** The image's entry point takes it as `index.work` is taken in Lambda. */
const COMMAND = ['batch'];

/** Spot capacity goes when somebody pays more; a job goes on from its last checkpoint. */
const MAX_ATTEMPTS = 10;

export interface JobLaneProps {
  readonly name: string;
  readonly environment: FargateComputeEnvironment | ManagedEc2EcsComputeEnvironment;
  /** Made after the queue. */
  readonly container: () => IEcsContainerDefinition;
  readonly hours: number | undefined;
}

/** The queue over a compute environment, and the definition of its jobs. */
export function jobLane(
  scope: Construct,
  { name, environment, container, hours }: JobLaneProps,
): JobLane {
  const queue = new JobQueue(scope, 'Queue', {
    jobQueueName: name,
    computeEnvironments: [{ computeEnvironment: environment, order: 1 }],
  });
  new EcsJobDefinition(scope, 'Job', {
    jobDefinitionName: name,
    ...jobRetries(),
    timeout: jobTimeout(hours),
    container: container(),
  });
  return { queueArn: queue.jobQueueArn, definitionName: name };
}

/** Tried again when the machine went away, not when the program ended: that has said why, or was killed. */
export function jobRetries() {
  return {
    retryAttempts: MAX_ATTEMPTS,
    retryStrategies: [
      RetryStrategy.of(Action.RETRY, Reason.SPOT_INSTANCE_RECLAIMED),
      RetryStrategy.of(Action.RETRY, Reason.custom({ onStatusReason: 'Your Spot Task*' })),
      RetryStrategy.of(Action.RETRY, Reason.CANNOT_PULL_CONTAINER),
      RetryStrategy.of(Action.EXIT, Reason.NON_ZERO_EXIT_CODE),
    ],
  };
}

/**
 * What every container has: the image, the command, a log, a role to be started with, and none to run with: it
 * finds no credentials of anything.
 */
export function jobContainer(scope: Construct, image: Image, logGroupName: string) {
  const logGroup = new LogGroup(scope, 'Logs', {
    logGroupName,
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const executionRole = new Role(scope, 'StartRole', {
    assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com'),
    description: 'Lets Batch pull the image and write the log; not for the container',
  });
  executionRole.addToPolicy(
    new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
  );
  executionRole.addToPolicy(
    new PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
  );
  executionRole.addToPolicy(
    new PolicyStatement({
      actions: [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:GetDownloadUrlForLayer',
      ],
      resources: [
        image.repository?.repositoryArn ??
          `arn:${Aws.PARTITION}:ecr:${Aws.REGION}:${Aws.ACCOUNT_ID}:repository/*`,
      ],
    }),
  );
  return {
    image: new PulledImage(image.uri),
    command: COMMAND,
    executionRole,
    logging: LogDriver.awsLogs({ logGroup, streamPrefix: 'job' }),
  };
}

/** By its address; unlike the library's `fromRegistry` it trusts the role above to be allowed to pull it. */
class PulledImage extends ContainerImage {
  readonly #uri: string;

  constructor(uri: string) {
    super();
    this.#uri = uri;
  }

  override bind(): ContainerImageConfig {
    return { imageName: this.#uri };
  }
}

/** Of one attempt. */
export const jobTimeout = (hours: number | undefined): Duration => Duration.hours(hours ?? 6);
