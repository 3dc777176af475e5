/** Fettle in one AWS account and region: an inbox, an outbox, and what happens between them. */
import { CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Functions } from './functions.ts';
import { type ArchitectureName, functionImage, type Image } from './image.ts';
import { type BucketOptions, Inbox } from './inbox.ts';
import { IngestQueue } from './ingest-queue.ts';
import { functionLanes, type LaneOptions, Lanes } from './lanes.ts';
import { Machine } from './machine.ts';
import { Names } from './names.ts';
import { Outbox } from './outbox.ts';
import { eventBusArn } from './role.ts';
import { Sandbox } from './sandbox.ts';
import { Schedule, type ScheduleOptions } from './schedule.ts';

export interface FettleStackProps extends StackProps {
  /** What all names begin with. Two stacks in one account and region need two. */
  readonly name?: string;
  readonly inbox?: BucketOptions;
  readonly outbox?: BucketOptions;
  /** Address of the functions' image, instead of one made of `build/functions`; by architecture if there are more. */
  readonly image?: string | Readonly<Partial<Record<ArchitectureName, string>>>;
  /** Of everything but further measuring lanes. */
  readonly architecture?: ArchitectureName;
  readonly lanes?: LaneOptions;
  /** Whether latencies are measured. */
  readonly latency?: boolean;
  /** Jobs at once; further ones wait. */
  readonly maxJobs?: number;
  /** How long a prefix must be quiet before it is a job. */
  readonly quietSeconds?: number;
  /** Runs kept of each model. */
  readonly keepRuns?: number;
  /** Bus that the events go to. */
  readonly eventBus?: string;
  /** When published models are looked at again; `false`: never. */
  readonly schedule?: ScheduleOptions | false;
}

/** Every property has a default that is safe and costs nothing while nothing happens. */
export class FettleStack extends Stack {
  constructor(scope: Construct, id: string, props: FettleStackProps = {}) {
    super(scope, id, props);
    const names = new Names(this, props.name ?? 'fettle');
    const architecture = props.architecture ?? 'x86_64';
    const images = imagesOf(this, props.image);
    const inbox = new Inbox(this, 'Inbox', props.inbox).bucket;
    const outbox = new Outbox(this, 'Outbox', props.outbox).bucket;
    const eventBus = props.eventBus ?? 'default';
    const lanes = functionLanes(architecture, props.lanes ?? {});
    const functions = new Functions(this, 'Functions', {
      places: { inbox, outbox, names, eventBus: eventBusArn(eventBus) },
      image: images(architecture),
      architecture,
      environment: {
        FETTLE_INBOX: inbox.bucketName,
        FETTLE_OUTBOX: outbox.bucketName,
        FETTLE_OPTIMIZE_ARN: names.machineArn('optimize'),
        FETTLE_GATHER_ARN: names.machineArn('gather'),
        FETTLE_MAX_JOBS: String(props.maxJobs ?? 20),
        FETTLE_QUIET_SECONDS: String(props.quietSeconds ?? 20),
        FETTLE_KEEP_RUNS: String(props.keepRuns ?? 5),
        FETTLE_EVENT_BUS: eventBus,
        FETTLE_LATENCY: props.latency === false ? 'off' : 'on',
        FETTLE_LANES: laneSizes(lanes),
      },
    });
    const sandbox = new Sandbox(this, 'Sandbox', {
      inbox,
      outbox,
      signer: functions.get('advance').role?.roleArn ?? '',
    });
    const work = new Lanes(this, 'Lanes', { lanes, images, names, sandbox });
    new Machine(this, 'Machine', {
      names,
      outbox,
      advance: functions.get('advance'),
      publish: functions.get('publish'),
      gather: functions.get('gather'),
      functions: work.functions,
      jobs: {},
    });
    new IngestQueue(this, 'IngestQueue', { inbox, ingest: functions.get('ingest') });
    if (props.schedule !== false)
      new Schedule(this, 'Schedule', { ...props.schedule, rerun: functions.get('rerun'), names });
    const api = functions.get('api').addAlias('live');
    Tags.of(this).add('application', 'fettle');
    new CfnOutput(this, 'InboxName', { value: inbox.bucketName });
    new CfnOutput(this, 'OutboxName', { value: outbox.bucketName });
    new CfnOutput(this, 'ApiFunction', { value: api.functionArn });
  }
}

/** What `advance` has to know of the lanes to choose among them. */
function laneSizes(
  lanes: Readonly<Record<string, { readonly memoryMb: number; readonly seconds: number }>>,
): string {
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(lanes).map(([name, { memoryMb, seconds }]) => [name, { memoryMb, seconds }]),
    ),
  );
}

/** The image of each architecture, made once. */
function imagesOf(
  scope: Construct,
  given: FettleStackProps['image'],
): (architecture: ArchitectureName) => Image {
  const made = new Map<ArchitectureName, Image>();
  return (architecture) => {
    const image =
      made.get(architecture) ??
      functionImage(scope, architecture, typeof given === 'string' ? given : given?.[architecture]);
    made.set(architecture, image);
    return image;
  };
}
