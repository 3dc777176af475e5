/** The state machines, with logs and traces, and the role that each runs with. */
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { StateMachineDefinition } from './machine/asl.ts';
import { gatherMachine } from './machine/gather.ts';
import { optimizeMachine } from './machine/optimize.ts';
import { renewMachine } from './machine/renew.ts';
import type { Lanes } from './machine/shard.ts';
import type { Names } from './names.ts';

/** A lane of AWS Batch. The definition goes by its name, which means its newest revision: jobs outlive an update. */
export interface JobLane {
  readonly queueArn: string;
  readonly definitionName: string;
}

export interface MachineProps {
  readonly names: Names;
  readonly outbox: Bucket;
  readonly advance: IFunction;
  readonly publish: IFunction;
  readonly gather: IFunction;
  readonly functions: Readonly<Record<string, IFunction>>;
  readonly jobs: Readonly<Record<string, JobLane>>;
}

/** The machines `optimize` (one job), `gather` (one upload) and, where there are jobs of Batch, `renew`. */
export class Machine extends Construct {
  readonly optimize: StateMachine;
  readonly gather: StateMachine;
  /** Where there are jobs. */
  readonly renew: StateMachine | undefined;

  constructor(scope: Construct, id: string, props: MachineProps) {
    super(scope, id);
    const holders = new Placeholders();
    const lanes: Lanes = {
      ...mapValues(props.functions, (lane, name) => ({
        kind: 'lambda',
        function: holders.add(`Lane ${name}`, lane.functionArn),
      })),
      ...mapValues(props.jobs, (lane, name) => ({
        kind: 'batch',
        queue: holders.add(`Queue ${name}`, lane.queueArn),
        definition: lane.definitionName,
      })),
    };
    const definition = optimizeMachine({
      advance: holders.add('Advance', props.advance.functionArn),
      publish: holders.add('Publish', props.publish.functionArn),
      outbox: holders.add('Outbox', props.outbox.bucketName),
      lanes,
    });
    this.optimize = this.#make('optimize', props.names, definition, holders.values, [
      invoke(props.advance, props.publish, ...Object.values(props.functions)),
      new PolicyStatement({
        actions: ['s3:GetObject'],
        resources: [props.outbox.arnForObjects('work/*')],
      }),
      ...distributedMap(props.names),
      ...batchJobs(this, Object.values(props.jobs)),
    ]);
    const gather = new Placeholders();
    this.gather = this.#make(
      'gather',
      props.names,
      gatherMachine(gather.add('Gather', props.gather.functionArn)),
      gather.values,
      [invoke(props.gather)],
    );
    const renew = new Placeholders();
    this.renew =
      Object.keys(props.jobs).length === 0
        ? undefined
        : this.#make(
            'renew',
            props.names,
            renewMachine(renew.add('Advance', props.advance.functionArn)),
            renew.values,
            [invoke(props.advance)],
          );
  }

  #make(
    name: string,
    names: Names,
    definition: StateMachineDefinition,
    substitutions: Record<string, string>,
    statements: readonly PolicyStatement[],
  ): StateMachine {
    const role = new Role(this, `${name}Role`, {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: `What the state machine ${names.of(name)} may do`,
    });
    for (const statement of statements) role.addToPolicy(statement);
    return new StateMachine(this, name, {
      stateMachineName: names.of(name),
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(JSON.stringify(definition)),
      definitionSubstitutions: substitutions,
      role,
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, `${name}Logs`, {
          // The prefix spares a resource policy, of which an account has few.
          logGroupName: `/aws/vendedlogs/states/${names.of(name)}`,
          retention: RetentionDays.ONE_MONTH,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        // Payloads carry presigned addresses, which are as good as keys while they last.
        includeExecutionData: false,
      },
    });
  }
}

/** What stands for values that are known only when the stack is deployed: `${Name}` in a definition. */
class Placeholders {
  readonly values: Record<string, string> = {};

  add(name: string, value: string): string {
    const key = name.replace(/(?:^|[^a-zA-Z0-9]+)([a-zA-Z0-9])/g, (_, letter: string) =>
      letter.toUpperCase(),
    );
    this.values[key] = value;
    return `\${${key}}`;
  }
}

const invoke = (...functions: IFunction[]): PolicyStatement =>
  new PolicyStatement({
    actions: ['lambda:InvokeFunction'],
    resources: functions.map((one) => one.functionArn),
  });

/** A distributed map's iterations are executions of the machine itself. */
const distributedMap = (names: Names): readonly PolicyStatement[] => [
  new PolicyStatement({
    actions: ['states:StartExecution'],
    resources: [names.machineArn('optimize')],
  }),
  new PolicyStatement({
    actions: ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'],
    resources: [names.childExecutionArns('optimize')],
  }),
];

/** Submitting is limited to the queues; waiting for a job's end takes a rule that Step Functions keeps for itself. */
function batchJobs(scope: Construct, jobs: readonly JobLane[]): readonly PolicyStatement[] {
  if (jobs.length === 0) return [];
  const { partition, region, account } = Stack.of(scope);
  const batch = (resource: string): string =>
    `arn:${partition}:batch:${region}:${account}:${resource}`;
  return [
    new PolicyStatement({
      actions: ['batch:SubmitJob'],
      resources: jobs.flatMap(({ queueArn, definitionName }) => [
        queueArn,
        ...['', ':*'].map((revision) => batch(`job-definition/${definitionName}${revision}`)),
      ]),
    }),
    new PolicyStatement({ actions: ['batch:DescribeJobs'], resources: ['*'] }),
    new PolicyStatement({
      actions: ['batch:TerminateJob'],
      resources: [batch('job/*')],
    }),
    new PolicyStatement({
      actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
      resources: [
        `arn:${partition}:events:${region}:${account}:rule/StepFunctionsGetEventsForBatchJobsRule`,
      ],
    }),
  ];
}

function mapValues<V, R>(
  record: Readonly<Record<string, V>>,
  change: (value: V, key: string) => R,
): Record<string, R> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, change(value, key)]),
  );
}
