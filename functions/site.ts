/** The site of a distributed job in AWS: buckets, addresses, lanes. */
import type { Log } from '../shared/base/log.ts';
import type { Site } from '../shared/pipeline/distributed/advance-round.ts';
import { otherArchitectures } from '../shared/pipeline/distributed/lanes.ts';
import type { Machine } from '../shared/runtime/machine.ts';
import { installedRuntimeVersion } from '../shared/runtime/runtime-version.ts';
import { processS3Client } from './adapters/clients.ts';
import { presignedAddresses } from './adapters/presigned.ts';
import { S3Objects } from './adapters/s3-objects.ts';
import { S3Store } from './adapters/s3-store.ts';
import type { Settings } from './settings.ts';

export interface AwsSite extends Site {
  readonly inbox: S3Objects;
  readonly store: S3Store;
  /** The bucket of `objects` and `store`. */
  readonly outbox: string;
}

/** Longer than the longest lane: an order is begun within its round, and a queue may be long. */
const ADDRESS_SECONDS = 6 * 3600;

/** Functions of one architecture run on whatever has it: what they all have is what counts. */
const lambdaMachine = (architecture: 'x64' | 'arm64'): Machine => ({
  cpu: `AWS Lambda, ${architecture}`,
  features: architecture === 'arm64' ? ['neon'] : ['avx2'],
  cores: 2,
});

/** `cache` is a folder for what is read of the store. */
export function openSite(settings: Settings, log: Log, cache: string): AwsSite {
  const client = processS3Client();
  const { inbox, outbox, lanes, measuresLatency } = settings;
  return {
    inbox: new S3Objects(client, inbox),
    outbox,
    objects: new S3Objects(client, outbox),
    store: new S3Store({ client, bucket: outbox, cache }),
    addresses: presignedAddresses(client, outbox, { seconds: ADDRESS_SECONDS }),
    lanes,
    runtime: `onnxruntime-node ${installedRuntimeVersion()}`,
    machine: lambdaMachine(process.arch === 'arm64' ? 'arm64' : 'x64'),
    otherMachines: otherArchitectures(lanes).map(lambdaMachine),
    protocol: 'full',
    measuresLatency,
    log,
  };
}
