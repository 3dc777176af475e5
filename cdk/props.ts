/** What can be set. Every property has a default that is safe and costs nothing while nothing happens. */
import type { StackProps } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { CpuQueueOptions } from './cpu-queue.ts';
import type { GitHubAccessOptions } from './github-access.ts';
import type { GpuFunctionOptions } from './gpu-function.ts';
import type { GpuQueueOptions } from './gpu-queue.ts';
import type { ArchitectureName, GivenImages } from './image.ts';
import type { LaneOptions } from './lanes.ts';
import type { ScheduleOptions } from './schedule.ts';
import type { WatchOptions } from './watch.ts';

export interface FettleStackProps extends StackProps {
  /** What all names begin with: `fettle`. Two stacks in one account and region need two. */
  readonly name?: string;
  /** Names of the buckets; generated if absent, since a name that anybody in the world has cannot be had. */
  readonly buckets?: { readonly inbox?: string; readonly outbox?: string };
  /** Receives the access logs of both buckets. */
  readonly accessLogs?: IBucket;
  /** A key of your own for both buckets, or `true` for a new one; else S3's. */
  readonly encryptionKey?: IKey | true;
  /** Addresses of images, instead of those made of `build/functions`: one, or by architecture and `gpu`. */
  readonly image?: GivenImages;
  /** What everything runs on but further measuring lanes: `x86_64`. */
  readonly architecture?: ArchitectureName;
  /** Memory of the functions that run models, and where else latencies are measured. */
  readonly lanes?: LaneOptions;
  /** Shards that need more than 15 minutes or 10 GB. */
  readonly cpuQueue?: CpuQueueOptions;
  /** Shards that need a GPU, as jobs. */
  readonly gpuQueue?: GpuQueueOptions;
  /** Shards that need a GPU, as a function. */
  readonly gpuFunction?: GpuFunctionOptions;
  /** Whether latencies are measured: yes. */
  readonly latency?: boolean;
  /** Jobs at once: 20; further ones wait. */
  readonly maxJobs?: number;
  /** How long a prefix must be quiet before it is a job: 20 s. */
  readonly quietSeconds?: number;
  /** Runs kept of each model: 5. */
  readonly keepRuns?: number;
  /** Bus that the events go to: `default`. */
  readonly eventBus?: string;
  /** When published models are looked at again: nightly; `false`: never by the clock. */
  readonly schedule?: ScheduleOptions | false;
  /** Repositories whose workflows may ask for comparisons. */
  readonly gitHub?: GitHubAccessOptions;
  /** Who hears of alarms, and whether there is a dashboard; `false`: no alarms. */
  readonly watch?: WatchOptions | false;
}
