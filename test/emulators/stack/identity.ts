/** What resources are called once they exist: the values of `Ref` and `Fn::GetAtt`, by type. */
import type { Properties } from './template.ts';

export interface Place {
  readonly region: string;
  readonly account: string;
}

export interface Identity {
  /** What `Ref` gives. */
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** `given`: the name in the properties, if any. */
type Naming = (name: string, place: Place, properties: Properties) => Identity;

const arn = (service: string, { region, account }: Place, rest: string): string =>
  `arn:aws:${service}:${region}:${account}:${rest}`;

/** A type, the property that names it, and what it is called then. */
const NAMINGS: Readonly<Record<string, { readonly property: string; readonly make: Naming }>> = {
  'AWS::S3::Bucket': {
    property: 'BucketName',
    make: (name) => ({ ref: name, attributes: { Arn: `arn:aws:s3:::${name}` } }),
  },
  'AWS::Lambda::Function': {
    property: 'FunctionName',
    make: (name, place) => ({
      ref: name,
      attributes: { Arn: arn('lambda', place, `function:${name}`) },
    }),
  },
  'AWS::Lambda::Version': {
    property: '',
    make: (_, place, { FunctionName }) => ({
      ref: arn('lambda', place, `function:${FunctionName}:1`),
      attributes: { Version: '1' },
    }),
  },
  'AWS::Lambda::Alias': {
    property: 'Name',
    make: (name, place, { FunctionName }) => {
      const aliasArn = arn('lambda', place, `function:${FunctionName}:${name}`);
      return { ref: aliasArn, attributes: { AliasArn: aliasArn } };
    },
  },
  'AWS::SQS::Queue': {
    property: 'QueueName',
    make: (name, place) => ({
      ref: `https://sqs.${place.region}.amazonaws.com/${place.account}/${name}`,
      attributes: { Arn: arn('sqs', place, name), QueueName: name },
    }),
  },
  'AWS::StepFunctions::StateMachine': {
    property: 'StateMachineName',
    make: (name, place) => {
      const machine = arn('states', place, `stateMachine:${name}`);
      return { ref: machine, attributes: { Arn: machine, Name: name } };
    },
  },
  'AWS::Events::Rule': {
    property: 'Name',
    make: (name, place) => ({
      ref: name,
      attributes: { Arn: arn('events', place, `rule/${name}`) },
    }),
  },
  'AWS::Events::EventBus': {
    property: 'Name',
    make: (name, place) => ({
      ref: name,
      attributes: { Arn: arn('events', place, `event-bus/${name}`), Name: name },
    }),
  },
  'AWS::Scheduler::Schedule': {
    property: 'Name',
    make: (name, place) => ({
      ref: name,
      attributes: { Arn: arn('scheduler', place, `schedule/default/${name}`) },
    }),
  },
  'AWS::IAM::Role': {
    property: 'RoleName',
    make: (name, { account }) => ({
      ref: name,
      attributes: { Arn: `arn:aws:iam::${account}:role/${name}`, RoleId: `AROA${name}` },
    }),
  },
  'AWS::Batch::JobQueue': {
    property: 'JobQueueName',
    make: (name, place) => {
      const queue = arn('batch', place, `job-queue/${name}`);
      return { ref: queue, attributes: { JobQueueArn: queue } };
    },
  },
  'AWS::Batch::JobDefinition': {
    property: 'JobDefinitionName',
    make: (name, place) => {
      const definition = arn('batch', place, `job-definition/${name}:1`);
      return { ref: definition, attributes: { JobDefinitionArn: definition } };
    },
  },
  'AWS::Logs::LogGroup': {
    property: 'LogGroupName',
    make: (name, place) => ({
      ref: name,
      attributes: { Arn: arn('logs', place, `log-group:${name}:*`) },
    }),
  },
};

/** Bucket names are for all the world, and in small letters. */
const DEFAULT_NAME: Readonly<Record<string, (logicalId: string) => string>> = {
  'AWS::S3::Bucket': (logicalId) => logicalId.toLowerCase(),
};

/**
 * The identity of a resource; a name that the template does not give is the logical id. Of types without an entry
 * every attribute is a text made of their id, as they are only passed on to what is not emulated.
 */
export function identityOf(
  logicalId: string,
  type: string,
  properties: Properties,
  place: Place,
): Identity {
  const naming = NAMINGS[type];
  if (!naming) return { ref: logicalId, attributes: {} };
  const given = properties[naming.property];
  const fallback = DEFAULT_NAME[type]?.(logicalId) ?? logicalId;
  return naming.make(typeof given === 'string' ? given : fallback, place, properties);
}
