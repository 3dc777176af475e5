/** A little stack with one of everything: an inbox whose objects go through queue, function and machine to an outbox. */
import { invoke, machine } from '../states/_run.ts';
import type { Json } from '../states/json.ts';
import { parseTemplate, type Template } from './template.ts';

const at = (id: string, name = 'Arn'): Json => ({ 'Fn::GetAtt': [id, name] });
const ref = (id: string): Json => ({ Ref: id });
const join = (...parts: readonly Json[]): Json => ({ 'Fn::Join': ['', parts] });
const machineArn = join(
  ...['arn:aws:states:', ref('AWS::Region'), ':', ref('AWS::AccountId')],
  ':stateMachine:little',
);
const role = (...statements: readonly Json[]): Json => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: statements } }],
  },
});
const allow = (Action: string | readonly string[], Resource: Json, more: object = {}): Json => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const lambda = (name: string): Json => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: `little-${name}`,
    PackageType: 'Image',
    Code: { ImageUri: { Ref: 'Image' } },
    ImageConfig: { Command: [`index.${name}`] },
    MemorySize: 512,
    Timeout: 20,
    Role: at(`${name}Role`),
    Environment: {
      Variables: { INBOX: ref('Inbox'), OUTBOX: ref('Outbox'), MACHINE: machineArn },
    },
  },
});

const definition = machine({
  Work: invoke(`\${Work}`, {
    Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 10 }],
    End: true,
  }),
});

export const LITTLE: Template = parseTemplate({
  Parameters: { Image: { Type: 'String', Default: 'image' } },
  Conditions: { Never: { 'Fn::Equals': [ref('AWS::Region'), 'nowhere'] } },
  Resources: {
    Inbox: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
        VersioningConfiguration: { Status: 'Enabled' },
      },
    },
    Outbox: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'little-outbox' } },
    Absent: { Type: 'AWS::Unknown::Thing', Condition: 'Never' },
    Dead: { Type: 'AWS::SQS::Queue' },
    Uploads: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        VisibilityTimeout: 120,
        RedrivePolicy: { deadLetterTargetArn: at('Dead'), maxReceiveCount: 5 },
      },
    },
    OnUpload: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: {
          source: ['aws.s3'],
          detail: { bucket: { name: [ref('Inbox')] }, object: { key: [{ suffix: '.txt' }] } },
        },
        Targets: [{ Id: 't', Arn: at('Uploads'), DeadLetterConfig: { Arn: at('Dead') } }],
      },
    },
    OnUpdate: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: {
          source: ['aws.cloudformation'],
          detail: { 'stack-id': [ref('AWS::StackId')] },
        },
        Targets: [{ Id: 't', Arn: at('rerun'), Input: '{"reason":"updated"}' }],
      },
    },
    Poll: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: at('Uploads'),
        FunctionName: ref('ingest'),
        BatchSize: 10,
        ScalingConfig: { MaximumConcurrency: 2 },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    },
    ingest: lambda('ingest'),
    ingestRole: role(allow('states:StartExecution', machineArn)),
    work: lambda('work'),
    workRole: role(
      allow('s3:GetObject', join(at('Inbox'), '/*')),
      allow(['s3:PutObject', 's3:GetObject'], join(at('Outbox'), '/*')),
      allow('events:PutEvents', '*', {
        Condition: { StringEquals: { 'events:source': 'little' } },
      }),
    ),
    hostile: lambda('hostile'),
    hostileRole: role(),
    rerun: lambda('rerun'),
    rerunRole: role(allow('s3:PutObject', join(at('Outbox'), '/rerun'))),
    Live: {
      Type: 'AWS::Lambda::Alias',
      Properties: {
        FunctionName: ref('hostile'),
        FunctionVersion: at('V1', 'Version'),
        Name: 'live',
      },
    },
    V1: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: ref('hostile') } },
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'little',
        DefinitionString: JSON.stringify(definition),
        DefinitionSubstitutions: { Work: at('work') },
        RoleArn: at('machineRole'),
      },
    },
    machineRole: role(allow('lambda:InvokeFunction', at('work'))),
    Nightly: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        Name: 'nightly',
        ScheduleExpression: 'rate(1 day)',
        Target: { Arn: at('rerun'), Input: '{"reason":"scheduled"}', RoleArn: 'r' },
      },
    },
  },
  Outputs: {
    InboxName: { Value: ref('Inbox') },
    Api: { Value: ref('Live') },
  },
});
