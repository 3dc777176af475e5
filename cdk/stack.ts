/** Fettle in one AWS account and region: an inbox, an outbox, and what happens between them. */
import { CfnOutput, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { acknowledge, type Exception, type ExceptionContext, exceptions } from './exceptions.ts';
import { ExtraLanes, extraLaneSizes, hasContainers } from './extra-lanes.ts';
import { Functions } from './functions.ts';
import { GitHubAccess } from './github-access.ts';
import { Images } from './image.ts';
import { Inbox } from './inbox.ts';
import { IngestQueue } from './ingest-queue.ts';
import { functionLanes, Lanes } from './lanes.ts';
import { Machine } from './machine.ts';
import { Names } from './names.ts';
import { Outbox } from './outbox.ts';
import type { FettleStackProps } from './props.ts';
import { eventBusArn } from './role.ts';
import { Sandbox } from './sandbox.ts';
import { Schedule } from './schedule.ts';
import { hasJobs, settings } from './settings.ts';
import { Stopped } from './stopped.ts';
import { Watch } from './watch.ts';

/** The whole of it. See {@link FettleStackProps} for what can be set. */
export class FettleStack extends Stack {
  constructor(scope: Construct, id: string, props: FettleStackProps = {}) {
    super(scope, id, props);
    const names = new Names(this, props.name ?? 'fettle');
    const architecture = props.architecture ?? 'x86_64';
    const images = new Images(this, architecture, props.image);
    const key = keyOf(this, props.encryptionKey);
    const bucket = {
      ...(key && { key }),
      ...(props.accessLogs && { accessLogs: props.accessLogs }),
    };

    const { bucket: inbox } = new Inbox(this, 'Inbox', { ...bucket, name: props.buckets?.inbox });
    const { bucket: outbox } = new Outbox(this, 'Outbox', {
      ...bucket,
      name: props.buckets?.outbox,
    });
    const lanes = functionLanes(architecture, props.lanes ?? {});
    const { functions, roles } = new Functions(this, 'Functions', {
      places: {
        inbox,
        outbox,
        names,
        eventBus: eventBusArn(props.eventBus ?? 'default'),
        renews: hasJobs(props),
      },
      image: images.of(architecture),
      architecture,
      environment: settings(props, {
        names,
        inbox,
        outbox,
        lanes: { ...lanes, ...extraLaneSizes(props) },
      }),
    });
    const sandbox = new Sandbox(this, 'Sandbox', {
      inbox,
      outbox,
      signer: roles.advance.roleArn,
      hasContainers: hasContainers(props),
    });
    const usual = new Lanes(this, 'Lanes', { lanes, images, names, sandbox });
    const extra = new ExtraLanes(this, 'ExtraLanes', {
      ...props,
      images,
      architecture,
      names,
      sandbox,
    });
    const workers = { ...usual.functions, ...extra.functions };
    const machine = new Machine(this, 'Machine', {
      names,
      outbox,
      ...functions,
      functions: workers,
      jobs: extra.jobs,
    });
    const stopped = new Stopped(this, 'Stopped', {
      optimize: machine.optimize,
      publish: functions.publish,
    });
    const queue = new IngestQueue(this, 'IngestQueue', { inbox, ingest: functions.ingest });
    const schedule =
      props.schedule === false
        ? undefined
        : new Schedule(this, 'Schedule', { ...props.schedule, rerun: functions.rerun, names });
    const api = functions.api.addAlias('live');
    const gitHub =
      props.gitHub && new GitHubAccess(this, 'GitHubAccess', { ...props.gitHub, api, names });
    if (props.watch !== false)
      new Watch(this, 'Watch', {
        ...props.watch,
        names,
        optimize: machine.optimize,
        gather: machine.gather,
        deadLetters: {
          uploads: queue.deadLetters,
          ...(schedule && { reruns: schedule.deadLetters }),
          stops: stopped.deadLetters,
        },
        functions,
        lanes: workers,
      });

    const { ingest: _, ...readers } = roles;
    for (const role of [...Object.values(readers), machine.optimize.role])
      key?.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');
    acknowledge(this, this.exceptions({ stack: this, names, inbox, outbox }));
    Tags.of(this).add('application', 'fettle');
    new CfnOutput(this, 'InboxName', { value: inbox.bucketName });
    new CfnOutput(this, 'OutboxName', { value: outbox.bucketName });
    new CfnOutput(this, 'ApiFunction', { value: api.functionArn });
    if (gitHub) new CfnOutput(this, 'GitHubRole', { value: gitHub.role.roleArn });
  }

  /** Findings of checks that are meant; the tests look at a stack without them. */
  protected exceptions(context: ExceptionContext): readonly Exception[] {
    return exceptions(context);
  }
}

/** The key of both buckets; a new one stays when the stack goes, as the objects do that it opens. */
function keyOf(scope: Construct, given: IKey | true | undefined): IKey | undefined {
  if (given !== true) return given;
  return new Key(scope, 'Key', {
    description: "What Fettle's buckets are encrypted with",
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
}
