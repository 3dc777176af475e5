/** The environment of the trusted functions, as `functions/settings.ts` reads it. */
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { LaneSize } from './lanes.ts';
import type { Names } from './names.ts';
import type { FettleStackProps } from './props.ts';

export interface Surroundings {
  readonly names: Names;
  readonly inbox: Bucket;
  readonly outbox: Bucket;
  /** All lanes there are. */
  readonly lanes: Readonly<Record<string, LaneSize>>;
}

/** Whether shards may be jobs of Batch, which run longer than addresses are sure to last. */
export const hasJobs = ({
  cpuQueue,
  gpuQueue,
}: Pick<FettleStackProps, 'cpuQueue' | 'gpuQueue'>): boolean =>
  cpuQueue !== undefined || gpuQueue !== undefined;

/** Names, numbers and ARNs; nothing secret. */
export function settings(
  props: FettleStackProps,
  { names, inbox, outbox, lanes }: Surroundings,
): Readonly<Record<string, string>> {
  return {
    FETTLE_INBOX: inbox.bucketName,
    FETTLE_OUTBOX: outbox.bucketName,
    FETTLE_OPTIMIZE_ARN: names.machineArn('optimize'),
    FETTLE_GATHER_ARN: names.machineArn('gather'),
    ...(hasJobs(props) && { FETTLE_RENEW_ARN: names.machineArn('renew') }),
    FETTLE_MAX_JOBS: whole('maxJobs', props.maxJobs ?? 20, 1),
    FETTLE_QUIET_SECONDS: whole('quietSeconds', props.quietSeconds ?? 20, 0),
    FETTLE_KEEP_RUNS: whole('keepRuns', props.keepRuns ?? 5, 1),
    FETTLE_EVENT_BUS: props.eventBus ?? 'default',
    FETTLE_LATENCY: props.latency === false ? 'off' : 'on',
    FETTLE_LANES: JSON.stringify(
      Object.fromEntries(
        Object.entries(lanes).map(([name, { memoryMb, seconds }]) => [name, { memoryMb, seconds }]),
      ),
    ),
  };
}

function whole(name: string, value: number, least: number): string {
  if (!Number.isSafeInteger(value) || value < least)
    throw new TypeError(`${name} must be a whole number from ${least}, not ${value}`);
  return String(value);
}
