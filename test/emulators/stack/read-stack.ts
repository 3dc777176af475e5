/** What a template's resources say to the emulators: plain settings, nothing started. */

import type { Rule, Target } from '../events/event-bus.ts';
import type { Schedule } from '../events/schedules.ts';
import type { FunctionSettings } from '../lambda/settings.ts';
import type { Resolver } from './resolve.ts';
import { PropertyReader } from './template.ts';

export interface BucketPlan {
  readonly name: string;
  readonly isVersioned: boolean;
  /** Whether EventBridge is told of its objects. */
  readonly isTold: boolean;
}

export interface FunctionPlan {
  readonly name: string;
  readonly role: string;
  /** Without the code's folder, which the template does not know, and endpoints. */
  readonly settings: Omit<FunctionSettings, 'root' | 'credentials'>;
}

export interface QueuePlan {
  readonly arn: string;
  readonly visibilityTimeout?: number;
  readonly delay?: number;
  readonly deadLetter?: { readonly arn: string; readonly maxReceiveCount: number };
}

export interface MappingPlan {
  readonly queueArn: string;
  readonly functionName: string;
  readonly batchSize?: number;
  readonly maximumConcurrency?: number;
  readonly reportsItemFailures: boolean;
}

export interface MachinePlan {
  readonly name: string;
  readonly definition: string;
  readonly roleArn: string;
}

export interface RulePlan {
  readonly bus: string;
  readonly rule: Rule;
}

/** Types whose effect is not emulated, each because nothing here depends on it. */
const PASSED_OVER: readonly RegExp[] = [
  // Networks: processes of this machine have only one.
  /^AWS::(EC2|Route53Resolver)::/,
  // Who may send to a queue or read a bucket besides the roles; and who may invoke a function.
  /^AWS::(SQS::QueuePolicy|S3::BucketPolicy|Lambda::Permission|Events::EventBusPolicy)$/,
  // Logs go to stderr, metrics nowhere.
  /^AWS::(Logs::LogGroup|CloudWatch::\w+|SNS::\w+)$/,
  // Read by others: policies, aliases.
  /^AWS::(IAM::\w+|Lambda::(Version|Alias)|Events::EventBus|Batch::\w+|KMS::\w+|CDK::Metadata)$/,
];

const READ: readonly string[] = [
  'AWS::S3::Bucket',
  'AWS::Lambda::Function',
  'AWS::Lambda::EventSourceMapping',
  'AWS::SQS::Queue',
  'AWS::StepFunctions::StateMachine',
  'AWS::Events::Rule',
  'AWS::Scheduler::Schedule',
];

/** Throws where the template has a type that would be missing unnoticed. */
export function refuseUnknownTypes(types: readonly string[]): void {
  const unknown = types.filter(
    (type) => !READ.includes(type) && !PASSED_OVER.some((pattern) => pattern.test(type)),
  );
  if (unknown.length === 0) return;
  throw new Error(`The emulator knows no ${[...new Set(unknown)].join(', ')}.`);
}

function readAll<T>(
  resolver: Resolver,
  type: string,
  read: (properties: PropertyReader, id: string) => T,
): readonly T[] {
  return resolver.ids(type).map((id) => read(new PropertyReader(resolver.properties(id), id), id));
}

export function readBuckets(resolver: Resolver): readonly BucketPlan[] {
  return readAll(resolver, 'AWS::S3::Bucket', (bucket, id) => {
    const told = bucket
      .object('NotificationConfiguration')
      .object('EventBridgeConfiguration')
      .json('EventBridgeEnabled');
    return {
      name: resolver.identity(id).ref,
      isVersioned: bucket.object('VersioningConfiguration').optionalText('Status') === 'Enabled',
      isTold: String(told) === 'true',
    };
  });
}

export function readFunctions(resolver: Resolver): readonly FunctionPlan[] {
  const aliases = readAll(resolver, 'AWS::Lambda::Alias', (alias) => ({
    of: alias.text('FunctionName'),
    name: alias.text('Name'),
    version: alias.text('FunctionVersion'),
  }));
  return readAll(resolver, 'AWS::Lambda::Function', (each, id) => {
    const name = resolver.identity(id).ref;
    const [command] = each.object('ImageConfig').texts('Command');
    const own = aliases.filter(({ of }) => of === name);
    const memory = each.optionalNumber('MemorySize');
    const timeout = each.optionalNumber('Timeout');
    const storage = each.object('EphemeralStorage').optionalNumber('Size');
    const reserved = each.optionalNumber('ReservedConcurrentExecutions');
    return {
      name,
      role: nameIn(each.text('Role')),
      settings: {
        handler: command ?? each.text('Handler'),
        environment: each.object('Environment').textMap('Variables'),
        aliases: Object.fromEntries(own.map((alias) => [alias.name, alias.version])),
        ...(memory !== undefined && { memory }),
        ...(timeout !== undefined && { timeout }),
        ...(storage !== undefined && { ephemeralStorage: storage }),
        ...(reserved !== undefined && { reservedConcurrency: reserved }),
      },
    };
  });
}

/** `work` of `arn:aws:iam::123456789012:role/work`. */
const nameIn = (roleArn: string): string => roleArn.split('/').at(-1) ?? '';

export function readQueues(resolver: Resolver): readonly QueuePlan[] {
  return readAll(resolver, 'AWS::SQS::Queue', (queue, id) => {
    queue.refuse('FifoQueue');
    const redrive = queue.optionalObject('RedrivePolicy');
    const visibilityTimeout = queue.optionalNumber('VisibilityTimeout');
    const delay = queue.optionalNumber('DelaySeconds');
    return {
      arn: resolver.identity(id).attributes.Arn ?? '',
      ...(visibilityTimeout !== undefined && { visibilityTimeout }),
      ...(delay !== undefined && { delay }),
      ...(redrive && {
        deadLetter: {
          arn: redrive.text('deadLetterTargetArn'),
          maxReceiveCount: redrive.optionalNumber('maxReceiveCount') ?? 1,
        },
      }),
    };
  });
}

export function readMappings(resolver: Resolver): readonly MappingPlan[] {
  return readAll(resolver, 'AWS::Lambda::EventSourceMapping', (mapping) => {
    mapping.refuse('FilterCriteria', 'MaximumBatchingWindowInSeconds', 'DestinationConfig');
    const batchSize = mapping.optionalNumber('BatchSize');
    const concurrency = mapping.object('ScalingConfig').optionalNumber('MaximumConcurrency');
    const types = mapping.texts('FunctionResponseTypes');
    return {
      queueArn: mapping.text('EventSourceArn'),
      functionName: mapping.text('FunctionName'),
      reportsItemFailures: types.includes('ReportBatchItemFailures'),
      ...(batchSize !== undefined && { batchSize }),
      ...(concurrency !== undefined && { maximumConcurrency: concurrency }),
    };
  });
}

export function readMachines(resolver: Resolver): readonly MachinePlan[] {
  return readAll(resolver, 'AWS::StepFunctions::StateMachine', (machine, id) => {
    const type = machine.optionalText('StateMachineType') ?? 'STANDARD';
    if (type !== 'STANDARD') throw new Error(`${id}: the emulator knows no ${type} machines`);
    machine.refuse('DefinitionS3Location');
    const given = machine.json('Definition');
    const text = given === undefined ? machine.text('DefinitionString') : JSON.stringify(given);
    const substitutions = machine.textMap('DefinitionSubstitutions');
    return {
      name: resolver.identity(id).attributes.Name ?? id,
      roleArn: machine.text('RoleArn'),
      definition: substitute(text, substitutions),
    };
  });
}

/** `${Name}` in the text of a definition, as JSON text holds it. */
function substitute(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{([\w-]+)\}/g, (part, name: string) => {
    const value = values[name];
    return value === undefined ? part : JSON.stringify(value).slice(1, -1);
  });
}

export function readRules(resolver: Resolver): readonly RulePlan[] {
  return readAll(resolver, 'AWS::Events::Rule', (rule, id) => {
    rule.refuse('ScheduleExpression');
    return {
      bus: nameIn(rule.optionalText('EventBusName') ?? 'default'),
      rule: {
        name: resolver.identity(id).ref,
        pattern: rule.json('EventPattern') ?? null,
        isEnabled: rule.optionalText('State') !== 'DISABLED',
        targets: rule.list('Targets').map(readTarget),
      },
    };
  });
}

function readTarget(target: PropertyReader): Target {
  target.refuse('EcsParameters', 'BatchParameters', 'HttpParameters', 'SqsParameters');
  const transformer = target.optionalObject('InputTransformer');
  const Input = target.optionalText('Input');
  const InputPath = target.optionalText('InputPath');
  const deadLetterArn = target.object('DeadLetterConfig').optionalText('Arn');
  return {
    arn: target.text('Arn'),
    ...(deadLetterArn !== undefined && { deadLetterArn }),
    ...(Input !== undefined && { Input }),
    ...(InputPath !== undefined && { InputPath }),
    ...(transformer && {
      InputTransformer: {
        InputPathsMap: transformer.textMap('InputPathsMap'),
        InputTemplate: transformer.text('InputTemplate'),
      },
    }),
  };
}

export function readSchedules(resolver: Resolver): readonly Schedule[] {
  return readAll(resolver, 'AWS::Scheduler::Schedule', (schedule, id) => {
    const target = schedule.object('Target');
    const input = target.optionalText('Input');
    const { ref, attributes } = resolver.identity(id);
    return {
      name: ref,
      arn: attributes.Arn ?? '',
      expression: schedule.text('ScheduleExpression'),
      isEnabled: schedule.optionalText('State') !== 'DISABLED',
      target: { arn: target.text('Arn'), ...(input !== undefined && { input }) },
    };
  });
}

/** Names of the buses that the template makes, besides the default one. */
export function readBuses(resolver: Resolver): readonly string[] {
  const own = resolver.ids('AWS::Events::EventBus').map((id) => resolver.identity(id).ref);
  return ['default', ...own];
}
