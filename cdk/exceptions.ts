/**
 * Every finding of cdk-nag's `AwsSolutions` and of the library itself that is meant, with the reason. Each names one finding at one construct,
 * so that a new wildcard or managed policy anywhere fails the test.
 */
import { type Stack, Validations } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import type { Names, Trusted } from './names.ts';

export interface Exception {
  /** As the report writes it. */
  readonly finding: string;
  /** Paths of constructs below the stack. */
  readonly at: readonly string[];
  readonly reason: string;
}

export interface ExceptionContext {
  readonly stack: Stack;
  readonly names: Names;
  readonly inbox: Bucket;
  readonly outbox: Bucket;
}

/** All exceptions of a stack; those of parts that it does not have are without effect. */
export function exceptions({
  stack,
  names,
  inbox,
  outbox,
}: ExceptionContext): readonly Exception[] {
  const resource = (arn: string): string => `AwsSolutions-IAM5[Resource::${readable(stack, arn)}]`;
  const managed = (policy: string): string =>
    `AwsSolutions-IAM4[Policy::${readable(stack, `arn:${stack.partition}:iam::aws:policy/${policy}`)}]`;
  const keys = (bucket: Bucket, prefix: string): string => resource(bucket.arnForObjects(prefix));
  return [
    {
      finding: 'AwsSolutions-S1',
      at: ['Inbox/Bucket', 'Outbox/Bucket'],
      reason: 'Access logs fill a third bucket: given by accessLogs where an account wants them',
    },
    {
      finding: 'AwsSolutions-SQS3',
      at: ['Schedule/DeadLetters', 'Stopped/DeadLetters'],
      reason:
        'They are dead-letter queues, of the schedule and of rules, which the check does not see',
    },
    {
      finding: 'AwsSolutions-IAM5[Resource::*]',
      at: trusted('ingest', 'gather', 'advance', 'publish', 'api', 'rerun'),
      reason: 'X-Ray takes traces for no resource in particular',
    },
    {
      finding: 'AwsSolutions-IAM5[Resource::*]',
      at: ['work', 'work-large', 'measure', 'measure-arm64', 'measure-x86_64'].map(
        (name) => `Lanes/${name}Role/DefaultPolicy`,
      ),
      reason:
        'Lambda makes network interfaces with the role of the function, which is how a function gets into subnets without a way out; EC2 has no narrower resource for it. The same policy denies all of EC2 to calls from the code itself, and the sandbox has no way to EC2',
    },
    {
      finding: 'AwsSolutions-IAM5[Resource::*]',
      at: ['ExtraLanes/CpuQueue', 'ExtraLanes/GpuQueue'].map(
        (queue) => `${queue}/StartRole/DefaultPolicy`,
      ),
      reason: 'ECR gives its login for no repository in particular',
    },
    {
      finding: 'AwsSolutions-IAM5[Resource::*]',
      at: ['optimize', 'gather', 'renew'].map((name) => `Machine/${name}Role/DefaultPolicy`),
      reason:
        'X-Ray, the delivery of logs and, where there is a queue, the state of jobs know no narrower resource',
    },
    {
      finding: keys(inbox, '*'),
      at: trusted('gather', 'advance', 'rerun'),
      reason: 'People choose the keys of what they upload',
    },
    {
      finding: keys(outbox, '*'),
      at: trusted('advance', 'publish', 'api', 'rerun'),
      reason: 'Read only: results are found by digests, runs by names',
    },
    ...(
      [
        ['jobs/*', trusted('gather', 'rerun')],
        ['comparisons/*', trusted('api', 'publish')],
        ['blobs/*', trusted('advance', 'api')],
        ['steps/*', trusted('advance')],
        ['work/*', [...trusted('advance'), 'Machine/optimizeRole/DefaultPolicy']],
        ['models/*', trusted('gather', 'publish')],
      ] as const
    ).map(([prefix, at]) => ({
      finding: keys(outbox, prefix),
      at,
      reason: 'One prefix of the bucket, whose keys are digests and names of models',
    })),
    {
      finding: resource(names.executionArns('optimize')),
      at: trusted('gather', 'api', 'rerun'),
      reason: 'Executions of one machine, which are named after jobs',
    },
    {
      finding: resource(names.childExecutionArns('optimize')),
      at: ['Machine/optimizeRole/DefaultPolicy'],
      reason: 'Executions that a distributed map of this machine starts',
    },
    ...['batch', 'gpu'].map((queue) => ({
      finding: resource(
        stack.formatArn({
          service: 'batch',
          resource: 'job-definition',
          resourceName: `${names.of(queue)}:*`,
        }),
      ),
      at: ['Machine/optimizeRole/DefaultPolicy'],
      reason: 'All revisions of one job definition: an execution may be older than an update',
    })),
    {
      finding: resource(stack.formatArn({ service: 'batch', resource: 'job', resourceName: '*' })),
      at: ['Machine/optimizeRole/DefaultPolicy'],
      reason: 'To end the jobs of an execution that is stopped; their ids are not known before',
    },
    {
      finding: resource(
        stack.formatArn({ service: 'ecr', resource: 'repository', resourceName: '*' }),
      ),
      at: ['ExtraLanes/CpuQueue', 'ExtraLanes/GpuQueue'].map(
        (queue) => `${queue}/StartRole/DefaultPolicy`,
      ),
      reason: 'An image given by its address may lie in any repository of the account',
    },
    {
      finding: managed('service-role/AmazonEC2ContainerServiceforEC2Role'),
      at: ['ExtraLanes/GpuQueue/Compute/InstanceProfileRole'],
      reason:
        'What an instance needs to join its cluster, kept up to date by AWS; containers cannot reach it',
    },
    {
      finding: managed('AWSLambdaManagedEC2ResourceOperator'),
      at: ['ExtraLanes/GpuFunction/Capacity/OperatorRole'],
      reason: 'What Lambda needs to start instances by itself, kept up to date by AWS',
    },
    {
      finding: 'CloudFormation-Validate::F3002',
      at: ['ExtraLanes/GpuFunction/work-gpu'],
      reason: 'AcceleratorConfig is newer than the schemas that the library brings along',
    },
  ];
}

/** Tells the checks that run with the library's validations. */
export function acknowledge(stack: Stack, list: readonly Exception[]): void {
  for (const { finding, at, reason } of list)
    for (const path of at) {
      let construct: IConstruct | undefined = stack;
      for (const id of path.split('/')) construct = construct?.node.tryFindChild(id);
      if (construct) Validations.of(construct).acknowledge({ id: finding, reason });
    }
}

const trusted = (...names: Trusted[]): readonly string[] =>
  names.map((name) => `Functions/${name}Role/DefaultPolicy`);

/** A value with references in it as cdk-nag prints them: `<InboxBucket1EDE8E4F.Arn>/*`. */
function readable(stack: Stack, value: string): string {
  return textOf(stack.resolve(value));
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, argument] = ['', '']] = Object.entries(value);
  if (name === 'Ref') return `<${String(argument)}>`;
  if (name === 'Fn::GetAtt' && Array.isArray(argument)) return `<${argument.join('.')}>`;
  if (name === 'Fn::Join' && Array.isArray(argument) && Array.isArray(argument[1]))
    return argument[1].map(textOf).join(String(argument[0]));
  throw new TypeError(`cannot print ${JSON.stringify(value)}`);
}
