/** A synthesized stack on this machine: every part of it that runs, started and joined as the template says. */
import { randomUUID } from 'node:crypto';
import { type BusEvent, EventBus } from '../events/event-bus.ts';
import { EventSourceMapping } from '../events/event-source-mapping.ts';
import { Queue } from '../events/queue.ts';
import { Schedules } from '../events/schedules.ts';
import { isoSeconds, startEvents } from '../events/start-events.ts';
import { startQueues } from '../events/start-queues.ts';
import { type LambdaEmulator, startLambda } from '../lambda/start-lambda.ts';
import type { Credentials, Faults as S3Faults } from '../s3/start-s3.ts';
import { type Clock, scaledClock } from '../states/clock.ts';
import type { Execution } from '../states/execution.ts';
import { s3Objects } from '../states/s3-objects.ts';
import { type StatesEmulator, startStates } from '../states/start-states.ts';
import { Access } from './access.ts';
import { Policies } from './policies.ts';
import {
  readBuckets,
  readBuses,
  readFunctions,
  readMachines,
  readMappings,
  readQueues,
  readRules,
  readSchedules,
  refuseUnknownTypes,
} from './read-stack.ts';
import { Resolver } from './resolve.ts';
import { Router } from './router.ts';
import { stackTasks } from './stack-tasks.ts';
import { embeddedStorage, foreignStorage, type Storage } from './storage.ts';
import type { Template } from './template.ts';
import { throttle } from './throttle.ts';

/** What goes wrong on purpose, by a seed: a share from 0 to 1 of each. */
export interface StackFaults {
  readonly seed: number;
  /** Of invocations, and of calls to start executions or put events. */
  readonly throttle?: number;
  /** Of invocations, ended by the death of their environment. */
  readonly kill?: number;
  /** Of events, delivered twice. */
  readonly duplicate?: number;
  readonly s3?: S3Faults;
}

export interface StackOptions {
  readonly template: Template;
  /** The folder that the functions' image is made of. */
  readonly root: string;
  readonly stackName?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly region?: string;
  readonly account?: string;
  /** An S3 that is there already, instead of the embedded one. With one pair of keys, everybody may do everything then. */
  readonly s3?: { readonly endpoint: string; readonly credentials: Credentials };
  /** Added to the environment of every function and job. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Execution environments of functions that may live at one time. */
  readonly environments?: number;
  readonly clock?: Clock;
  /** Seconds until what failed in a queue comes again, instead of its visibility time-out. Default 1. */
  readonly queueRetryDelay?: number;
  readonly faults?: StackFaults;
  /** Told of every event of every bus. */
  readonly onEvent?: (event: BusEvent) => void;
  /** What functions write, and what became of events. */
  readonly log?: (source: string, text: string) => void;
}

export interface Stack extends AsyncDisposable {
  readonly region: string;
  readonly storage: Storage;
  readonly lambda: LambdaEmulator;
  readonly states: StatesEmulator;
  /** Endpoints of the other APIs. */
  readonly endpoints: { readonly events: string; readonly queues: string };
  readonly buses: readonly EventBus[];
  readonly queues: readonly Queue[];
  readonly schedules: Schedules;
  /** Of the template. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Tells the rules that the stack was updated, as CloudFormation does. */
  update(): void;
  /** When no event is under way, nothing lies in a queue that somebody reads, and no execution runs. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Starts all of it; when it resolves, everything listens. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { template, region = 'us-east-1', account = '123456789012', faults, log } = options;
  const place = { region, account };
  const { stackName = 'Fettle', parameters = {} } = options;
  const resolver = new Resolver({ ...place, template, stackName, parameters });
  refuseUnknownTypes(resolver.types());
  const access = new Access(new Policies(resolver), place, options.s3?.credentials);
  const router = new Router();
  const buses = readBuses(resolver).map(
    (name) =>
      new EventBus({
        name,
        deliver: router.deliver,
        ...(options.onEvent && { onEvent: options.onEvent }),
        ...(faults && { faults }),
        ...(log && { log: (line) => log('events', `${line}\n`) }),
      }),
  );
  const put = (event: BusEvent): void => buses.find(({ name }) => name === 'default')?.put(event);
  const around = { ...place, buckets: readBuckets(resolver), onEvent: put };
  const storage = await (options.s3
    ? foreignStorage({
        ...around,
        ...options.s3,
        ...(log && { log: (line) => log('s3', `${line}\n`) }),
      })
    : embeddedStorage({
        ...around,
        admin: access.admin,
        others: access.all,
        authorize: access.s3,
        ...(faults?.s3 && { faults: faults.s3 }),
      }));
  const lambda = await startLambda({
    ...place,
    ...(faults && { faults }),
    ...(options.environments !== undefined && { environments: options.environments }),
    ...(log && { log }),
  });
  const states = await startStates({
    ...place,
    clock: options.clock ?? scaledClock(),
    authorize: access.states,
    ...(faults && { fault: throttle(faults.seed, 'states', faults.throttle) }),
    objects: s3Objects(storage.client),
    tasks: stackTasks({ ...options, resolver, access, lambda, states: () => states }),
    onStatus: (execution) => put(statusChange(execution, place)),
  });
  const events = await startEvents({
    ...place,
    buses,
    authorize: access.events,
    ...(faults && { fault: throttle(faults.seed, 'events', faults.throttle) }),
  });
  const queues = makeQueues(resolver);
  const queueApi = await startQueues({ queues });

  for (const { name, role, settings } of readFunctions(resolver)) {
    lambda.define(name, {
      ...settings,
      root: options.root,
      credentials: options.s3 ? storage.credentials : access.credentialsOf(role),
      environment: {
        ...settings.environment,
        AWS_ENDPOINT_URL_S3: storage.endpoint,
        AWS_ENDPOINT_URL_SFN: states.endpoint,
        AWS_ENDPOINT_URL_EVENTBRIDGE: events.endpoint,
        ...options.environment,
      },
    });
  }
  for (const { name, definition, roleArn } of readMachines(resolver)) {
    states.service.createMachine(name, definition, roleArn);
  }
  router.open({ queues, lambda, states: states.service });
  for (const { bus, rule } of readRules(resolver)) {
    const found = buses.find(({ name }) => name === bus);
    if (!found) throw new Error(`rule ${rule.name}: no bus ${bus}`);
    found.putRule(rule);
  }
  const schedules = new Schedules(router.deliver);
  for (const schedule of readSchedules(resolver)) schedules.add(schedule);
  const read = readMappings(resolver).map(({ queueArn, functionName, ...mapping }) => {
    const queue = queues.find(({ arn }) => arn === queueArn);
    if (!queue) throw new Error(`no queue ${queueArn}`);
    const poller = new EventSourceMapping({
      ...mapping,
      queue,
      region,
      retryDelay: options.queueRetryDelay ?? 1,
      invoke: router.invokerOf(functionName),
      ...(log && { log: (line) => log('queues', `${line}\n`) }),
    });
    return { queue, poller };
  });

  const isIdle = (): boolean =>
    read.every(({ queue }) => queue.counts.visible + queue.counts.invisible === 0) &&
    [...states.service.executions.values()].every(({ status }) => status !== 'RUNNING');
  const close = async (): Promise<void> => {
    const stopped = read.map(({ poller }) => poller.stop());
    await states.close();
    await lambda.close();
    await Promise.all([...stopped, events.close(), queueApi.close(), storage.close()]);
  };
  return {
    region,
    storage,
    lambda,
    states,
    endpoints: { events: events.endpoint, queues: queueApi.endpoint },
    buses,
    queues,
    schedules,
    outputs: resolver.outputs(),
    update: () => put(stackUpdated(resolver.stackId, place)),
    settled: async () => {
      // What has ended may have begun something else: twice in a row nothing is nothing.
      for (let quiet = 0; quiet < 2; quiet = isIdle() ? quiet + 1 : 0) {
        await Promise.all(buses.map((bus) => bus.settled()));
        await lambda.settled();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Those that others give up to come first. */
function makeQueues(resolver: Resolver): readonly Queue[] {
  const made = new Map<string, Queue>();
  const plans = readQueues(resolver);
  const make = (arn: string): Queue => {
    const known = made.get(arn);
    if (known) return known;
    const plan = plans.find((each) => each.arn === arn);
    if (!plan) throw new Error(`no queue ${arn}`);
    const { deadLetter, ...settings } = plan;
    const queue = new Queue({
      ...settings,
      ...(deadLetter && {
        deadLetter: { queue: make(deadLetter.arn), maxReceiveCount: deadLetter.maxReceiveCount },
      }),
    });
    made.set(arn, queue);
    return queue;
  };
  return plans.map(({ arn }) => make(arn));
}

type Place = { readonly region: string; readonly account: string };

const event = (
  place: Place,
  source: string,
  type: string,
  resource: string,
  detail: BusEvent['detail'],
): BusEvent => ({
  ...place,
  version: '0',
  id: randomUUID(),
  'detail-type': type,
  source,
  time: isoSeconds(Date.now()),
  resources: [resource],
  detail,
});

/** As Step Functions tells of executions that begin and end. */
function statusChange({ options, ...execution }: Execution, place: Place): BusEvent {
  const { startDate, stopDate, output, error } = execution;
  return event(place, 'aws.states', 'Step Functions Execution Status Change', options.arn, {
    executionArn: options.arn,
    stateMachineArn: options.machineArn,
    name: options.name,
    status: execution.status,
    startDate,
    stopDate: stopDate ?? null,
    input: options.input,
    output: output === undefined ? null : JSON.stringify(output),
    error: error?.error ?? null,
    cause: error?.causeText ?? null,
  });
}

/** As CloudFormation tells of an update that went well. */
const stackUpdated = (stackId: string, place: Place): BusEvent =>
  event(place, 'aws.cloudformation', 'CloudFormation Stack Status Change', stackId, {
    'stack-id': stackId,
    'status-details': { status: 'UPDATE_COMPLETE', 'status-reason': '' },
  });
