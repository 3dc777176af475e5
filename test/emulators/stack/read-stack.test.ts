import { describe, expect, it } from 'vitest';
import { LITTLE } from './_template.ts';
import { readJobQueues, readJobs } from './read-jobs.ts';
import * as read from './read-stack.ts';
import { Resolver } from './resolve.ts';
import { parseTemplate } from './template.ts';

const place = { region: 'us-east-1', account: '123456789012', stackName: 'Little' };
const here = 'us-east-1:123456789012';
const little = new Resolver({ ...place, template: LITTLE });
const of = (Type: string, Properties: object) =>
  new Resolver({ ...place, template: parseTemplate({ Resources: { X: { Type, Properties } } }) });

describe('what a template says', () => {
  it('of buckets', () => {
    expect(read.readBuckets(little)).toEqual([
      { name: 'inbox', isVersioned: true, isTold: true },
      { name: 'little-outbox', isVersioned: false, isTold: false },
    ]);
  });

  it('of functions, with their aliases and their limits', () => {
    const hostile = read.readFunctions(little).find(({ name }) => name === 'little-hostile');
    expect(hostile).toEqual({
      name: 'little-hostile',
      role: 'hostileRole',
      settings: {
        handler: 'index.hostile',
        memory: 512,
        timeout: 20,
        aliases: { live: '1' },
        environment: {
          INBOX: 'inbox',
          OUTBOX: 'little-outbox',
          MACHINE: `arn:aws:states:${here}:stateMachine:little`,
        },
      },
    });
    const zip = of('AWS::Lambda::Function', {
      Handler: 'a.b',
      Role: 'r',
      EphemeralStorage: { Size: 1024 },
      ReservedConcurrentExecutions: 3,
    });
    expect(read.readFunctions(zip)[0]?.settings).toMatchObject({
      handler: 'a.b',
      ephemeralStorage: 1024,
      reservedConcurrency: 3,
    });
  });

  it('of queues and who reads them', () => {
    const deadLetter = { arn: `arn:aws:sqs:${here}:Dead`, maxReceiveCount: 5 };
    expect(read.readQueues(little)).toEqual([
      { arn: deadLetter.arn },
      { arn: `arn:aws:sqs:${here}:Uploads`, visibilityTimeout: 120, deadLetter },
    ]);
    expect(read.readMappings(little)).toEqual([
      {
        queueArn: `arn:aws:sqs:${here}:Uploads`,
        functionName: 'little-ingest',
        batchSize: 10,
        maximumConcurrency: 2,
        reportsItemFailures: true,
      },
    ]);
  });

  it('of machines, with what is put into their definitions', () => {
    const [machine] = read.readMachines(little);
    expect(machine).toMatchObject({
      name: 'little',
      roleArn: 'arn:aws:iam::123456789012:role/machineRole',
    });
    expect(JSON.parse(machine?.definition ?? '').States.Work.Arguments.FunctionName).toBe(
      `arn:aws:lambda:${here}:function:little-work`,
    );
  });

  it('of rules and schedules', () => {
    const [upload, update] = read.readRules(little);
    expect(upload).toMatchObject({
      bus: 'default',
      rule: {
        name: 'OnUpload',
        isEnabled: true,
        pattern: { detail: { bucket: { name: ['inbox'] } } },
        targets: [
          { arn: `arn:aws:sqs:${here}:Uploads`, deadLetterArn: `arn:aws:sqs:${here}:Dead` },
        ],
      },
    });
    expect(update?.rule.targets).toEqual([
      { arn: `arn:aws:lambda:${here}:function:little-rerun`, Input: '{"reason":"updated"}' },
    ]);
    expect(read.readSchedules(little)).toEqual([
      {
        name: 'nightly',
        arn: `arn:aws:scheduler:${here}:schedule/default/nightly`,
        expression: 'rate(1 day)',
        isEnabled: true,
        target: {
          arn: `arn:aws:lambda:${here}:function:little-rerun`,
          input: '{"reason":"scheduled"}',
        },
      },
    ]);
    expect(read.readBuses(little)).toEqual(['default']);
  });

  it('of jobs', () => {
    const template = parseTemplate({
      Resources: {
        Queue: { Type: 'AWS::Batch::JobQueue', Properties: { JobQueueName: 'jobs' } },
        Job: {
          Type: 'AWS::Batch::JobDefinition',
          Properties: {
            JobDefinitionName: 'job',
            Timeout: { AttemptDurationSeconds: 60 },
            RetryStrategy: {
              Attempts: 4,
              EvaluateOnExit: [{ Action: 'EXIT', OnExitCode: '*' }],
            },
            ContainerProperties: {
              Command: ['batch'],
              Environment: [{ Name: 'A', Value: '1' }],
              ResourceRequirements: [
                { Type: 'VCPU', Value: '4' },
                { Type: 'MEMORY', Value: '30720' },
              ],
            },
          },
        },
      },
    });
    const resolver = new Resolver({ ...place, template });
    expect(readJobQueues(resolver)).toEqual([`arn:aws:batch:${here}:job-queue/jobs`]);
    expect(readJobs(resolver)).toEqual([
      {
        arn: `arn:aws:batch:${here}:job-definition/job:1`,
        name: 'job',
        command: ['batch'],
        environment: { A: '1' },
        memoryMiB: 30_720,
        timeoutSeconds: 60,
        attempts: 4,
        evaluateOnExit: [{ action: 'exit', exitCode: '*' }],
      },
    ]);
  });
});

describe('what the emulators do not know', () => {
  it.each<[string, object, (resolver: Resolver) => unknown, RegExp]>([
    ['AWS::SQS::Queue', { FifoQueue: true }, read.readQueues, /no FifoQueue/],
    [
      'AWS::Lambda::EventSourceMapping',
      { FilterCriteria: {} },
      read.readMappings,
      /FilterCriteria/,
    ],
    ['AWS::Events::Rule', { ScheduleExpression: 'rate(1 day)' }, read.readRules, /ScheduleExpr/],
    [
      'AWS::StepFunctions::StateMachine',
      { StateMachineType: 'EXPRESS' },
      read.readMachines,
      /no EXPRESS/,
    ],
    ['AWS::Lambda::Function', { Role: 'r' }, read.readFunctions, /X needs Handler/],
    [
      'AWS::Lambda::Function',
      { Role: 'r', Handler: 'h', Timeout: 'x' },
      read.readFunctions,
      /Timeout is no number/,
    ],
  ])('of %s, %j, is refused', (type, properties, work, message) => {
    expect(() => work(of(type, properties))).toThrow(message);
  });

  it('a type that would be missing is named', () => {
    expect(() => read.refuseUnknownTypes(['AWS::S3::Bucket', 'AWS::EC2::VPC'])).not.toThrow();
    expect(() => read.refuseUnknownTypes(['AWS::DynamoDB::Table'])).toThrow('AWS::DynamoDB::Table');
  });
});
