/** What benches of models in parts have in common: an S3 server, the built function for every shard, and what each took. */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { s3Client } from '../functions/adapters/clients.ts';
import { presignedAddresses } from '../functions/adapters/presigned.ts';
import { S3Objects } from '../functions/adapters/s3-objects.ts';
import { S3Store } from '../functions/adapters/s3-store.ts';
import { freshFolder } from '../scripts/functions/fresh-folder.ts';
import { silentLog } from '../shared/base/log.ts';
import { sourceArtifact } from '../shared/pipeline/artifact.ts';
import type { Site } from '../shared/pipeline/distributed/advance-round.ts';
import type { Execution } from '../shared/pipeline/distributed/execution.ts';
import type { Shard } from '../shared/pipeline/distributed/order.ts';
import { resolveJob } from '../shared/pipeline/job.ts';
import { PARTS } from '../shared/pipeline/parts.ts';
import { installedRuntimeVersion } from '../shared/runtime/runtime-version.ts';
import { startLambda } from '../test/emulators/lambda/start-lambda.ts';
import { type S3Emulator, startS3 } from '../test/emulators/s3/start-s3.ts';

/** Of every environment. */
export const LIMIT_MB = 512;

export interface Peak {
  readonly step: string;
  readonly megabytes: number;
  readonly seconds: number;
}

export interface PartsBench extends AsyncDisposable {
  readonly s3: S3Emulator;
  readonly store: S3Store;
  readonly inbox: S3Objects;
  readonly site: Site & { readonly parts: NonNullable<Site['parts']> };
  /** Does a round's shards, each in a function of its own, which tells its own peak. */
  readonly work: (shards: readonly Shard[]) => Promise<void>;
  readonly peaks: readonly Peak[];
}

/** `steps` names the rounds; shards of the last are numbered. */
export async function partsBench(folder: string, steps: readonly string[]): Promise<PartsBench> {
  const s3 = await startS3({ folder: join(folder, 's3') });
  for (const bucket of ['inbox', 'outbox']) s3.createBucket(bucket);
  const { endpoint, region, credentials } = s3;
  const client = s3Client({ endpoint, region, credentials });
  const objects = new S3Objects(client, 'outbox');
  const store = new S3Store({ client, bucket: 'outbox', cache: join(folder, 'cache') });
  const settings = {
    ...{ root: await freshFolder(), handler: 'index.work', timeout: 900 },
    ...{ memory: LIMIT_MB, ephemeralStorage: 10_240 },
  };
  const peaks: Peak[] = [];
  let round = 0;
  const work = async (shards: readonly Shard[]): Promise<void> => {
    const names = shards.map((_, index) => `work-${round}-${index}`);
    const step = steps[round] ?? 'part';
    round++;
    await using lambda = await startLambda({
      functions: Object.fromEntries(names.map((name) => [name, settings])),
    });
    await Promise.all(
      shards.map(async ({ id, order }, index) => {
        const name = names[index] ?? '';
        const { functionError, payload } = await lambda.invoke(name, { id, order });
        if (functionError !== undefined) console.log(`  ${name} failed: ${payload}`);
        const { peakBytes, billedMs } = lambda.usage(name);
        peaks.push({
          step: shards.length > 1 ? `${step} ${index + 1}` : step,
          megabytes: peakBytes / 2 ** 20,
          seconds: billedMs / 1000,
        });
      }),
    );
  };
  const lane = { memoryMb: LIMIT_MB, seconds: 900 };
  return {
    ...{ s3, store, work, peaks },
    inbox: new S3Objects(client, 'inbox'),
    site: {
      ...{ objects, store, parts: PARTS, log: silentLog },
      addresses: presignedAddresses(client, 'outbox', { seconds: 3600 }),
      lanes: { work: lane, measure: lane },
      runtime: `onnxruntime-node ${installedRuntimeVersion()}`,
      machine: { cpu: 'bench', features: ['avx2'], cores: 2 },
      ...{ protocol: 'short', measuresLatency: false },
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      await s3.close();
    },
  };
}

/** As if the model at `path` were the job's; its files are those of `sources`. */
export async function benchExecution(
  path: string,
  folder: string,
  sources: Execution['sources'] = {},
): Promise<Execution> {
  return {
    ...{ schema: 'fettle.execution/1', kind: 'optimize', request: 'jobs/bench.json' },
    startedAt: new Date().toISOString(),
    job: resolveJob({ source: 'model.onnx', folder, settings: {}, where: (key) => key }),
    identified: { given: { artifact: await sourceArtifact(path), format: 'onnx' }, data: {} },
    sources,
  };
}

/** Whether two files have the same bytes. */
export function areEqual(one: string, other: string): boolean {
  const [a, b] = [openSync(one, 'r'), openSync(other, 'r')];
  const buffers = [new Uint8Array(1 << 22), new Uint8Array(1 << 22)] as const;
  try {
    for (;;) {
      const [left, right] = [readSync(a, buffers[0]), readSync(b, buffers[1])];
      if (left !== right) return false;
      if (left === 0) return true;
      if (Buffer.compare(buffers[0].subarray(0, left), buffers[1].subarray(0, right)) !== 0)
        return false;
    }
  } finally {
    closeSync(a);
    closeSync(b);
  }
}

/** Prints a bar and whether it holds. */
export function bar(what: string, text: string, limit: string, isKept: boolean): boolean {
  console.log(
    `  ${what.padEnd(16)} ${text.padEnd(60)} bar ${limit.padEnd(10)} ${isKept ? 'holds' : 'BROKEN'}`,
  );
  return isKept;
}

/** The memory of every shard against one bar. */
export function memoryBars(peaks: readonly Peak[], megabytesBar: number): boolean {
  return peaks
    .toSorted((a, b) => (a.step < b.step ? -1 : 1))
    .map(({ step, megabytes, seconds }) =>
      bar(
        `${step}: memory`,
        `${megabytes.toFixed(0)} MB at most, all its processes together; ${seconds.toFixed(0)} s`,
        `< ${megabytesBar} MB`,
        megabytes < megabytesBar,
      ),
    )
    .every(Boolean);
}

/** 4,096 × 4,096 weights of a layer: no two layers and no two neighbours are equal. */
export function layerValues(seed: number, width: number): Float32Array {
  const made = new Float32Array(width * width);
  for (let index = 0; index < made.length; index++)
    made[index] = (Math.imul(index + seed * 0x3c6ef372, 0x9e3779b1) >> 8) * 2 ** -28;
  return made;
}
