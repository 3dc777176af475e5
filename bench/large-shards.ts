/**
 * A model of 3 GB made int8 in parts by the built function, in environments of 512 MB that get only their part of the
 * weights, through an S3 server of this machine: whether it ends, the memory of each, and whether the bytes are those
 * that one machine makes. Linux alone tells the memory.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { s3Client } from '../functions/adapters/clients.ts';
import { presignedAddresses } from '../functions/adapters/presigned.ts';
import { S3Objects } from '../functions/adapters/s3-objects.ts';
import { S3Store } from '../functions/adapters/s3-store.ts';
import { freshFolder } from '../scripts/functions/fresh-folder.ts';
import type { Digest } from '../shared/base/brand.ts';
import { silentLog } from '../shared/base/log.ts';
import { makeNode } from '../shared/onnx/make-node.ts';
import { bytesOf, computedTensor } from '../shared/onnx/make-tensor.ts';
import type { Model } from '../shared/onnx/model.ts';
import { writeModel } from '../shared/onnx/write-model.ts';
import { sourceArtifact } from '../shared/pipeline/artifact.ts';
import type { Site } from '../shared/pipeline/distributed/advance-round.ts';
import type { Execution } from '../shared/pipeline/distributed/execution.ts';
import type { Shard } from '../shared/pipeline/distributed/order.ts';
import { resolveJob } from '../shared/pipeline/job.ts';
import { PARTS } from '../shared/pipeline/parts.ts';
import { type CompressInput, compressStep } from '../shared/pipeline/steps/compress.ts';
import { FolderStore } from '../shared/pipeline/store/folder-store.ts';
import { installedRuntimeVersion } from '../shared/runtime/runtime-version.ts';
import { closeSharedProcess } from '../shared/runtime/shared-process.ts';
import { startLambda } from '../test/emulators/lambda/start-lambda.ts';
import { startS3 } from '../test/emulators/s3/start-s3.ts';
import { roundsOfParts } from '../test/pipeline/distributed/_rounds-of-parts.ts';
import { benchModel, float32 } from './_bench-model.ts';

/** 45 layers of 4,096 × 4,096: 3.02 GB, and a quarter of it in int8. */
const LAYERS = Number(process.env.FETTLE_BENCH_LAYERS ?? 45);
const WIDTH = 4096;

/** Of every environment. */
const LIMIT_MB = 512;
const MEMORY_BAR_MB = 400;
const SHARDS = 3;

function matmulModel(): Model {
  const layers = Array.from({ length: LAYERS }, (_, index) => index);
  const weights = layers.map((layer) =>
    computedTensor(`w${layer}`, 'float32', [WIDTH, WIDTH], () => bytesOf(values(layer))),
  );
  return benchModel({
    nodes: layers.flatMap((index) => [
      makeNode('MatMul', [`r${index}`, `w${index}`], [`m${index}`]),
      makeNode('Relu', [`m${index}`], [`r${index + 1}`]),
    ]),
    initializers: new Map(weights.map((weight) => [weight.name, weight])),
    input: float32('r0', ['batch', WIDTH]),
    output: float32(`r${LAYERS}`, ['batch', WIDTH]),
  });
}

/** No two layers and no two neighbours are equal. */
function values(seed: number): Float32Array {
  const made = new Float32Array(WIDTH * WIDTH);
  for (let index = 0; index < made.length; index++)
    made[index] = (Math.imul(index + seed * 0x3c6ef372, 0x9e3779b1) >> 8) * 2 ** -28;
  return made;
}

function areEqual(one: string, other: string): boolean {
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

function bar(what: string, text: string, limit: string, isKept: boolean): boolean {
  console.log(
    `  ${what.padEnd(16)} ${text.padEnd(60)} bar ${limit.padEnd(10)} ${isKept ? 'holds' : 'BROKEN'}`,
  );
  return isKept;
}

async function main(folder: string): Promise<boolean> {
  const path = join(folder, 'model.onnx');
  const { bytes } = writeModel(matmulModel(), path, { external: 'always' });
  console.log(`${(bytes / 1e9).toFixed(2)} GB of float32 weights`);
  await using s3 = await startS3({ folder: join(folder, 's3') });
  s3.createBucket('outbox');
  const { endpoint, region, credentials } = s3;
  const client = s3Client({ endpoint, region, credentials });
  const objects = new S3Objects(client, 'outbox');
  const store = new S3Store({ client, bucket: 'outbox', cache: join(folder, 'cache') });
  const data = await store.putFile(`${path}.data`);
  const model = {
    digest: await store.putFile(path),
    ...{ bytes, suffix: '.onnx' },
    external: [{ location: 'model.onnx.data', digest: data }],
  };
  const input: CompressInput = {
    ...{ model, variant: 'int8-weights', hardware: 'x64' as const },
    ...{ data: {}, split: model.digest, seed: 0 },
  };
  const site: Site & { readonly parts: NonNullable<Site['parts']> } = {
    ...{ objects, store, parts: PARTS, log: silentLog },
    addresses: presignedAddresses(client, 'outbox', { seconds: 3600 }),
    lanes: {
      work: { memoryMb: LIMIT_MB, seconds: 900 },
      measure: { memoryMb: LIMIT_MB, seconds: 900 },
    },
    runtime: `onnxruntime-node ${installedRuntimeVersion()}`,
    machine: { cpu: 'bench', features: ['avx2'], cores: 2 },
    ...{ protocol: 'short', measuresLatency: false },
  };
  const settings = {
    ...{ root: await freshFolder(), handler: 'index.work', timeout: 900 },
    ...{ memory: LIMIT_MB, ephemeralStorage: 10_240 },
  };
  const peaks: { readonly step: string; readonly megabytes: number; readonly seconds: number }[] =
    [];
  let holds = true;
  let round = 0;
  // A function of its own for every shard: each tells its own peak.
  const work = async (shards: readonly Shard[]): Promise<void> => {
    const names = shards.map((_, index) => `work-${round}-${index}`);
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
        const step = round === 1 ? 'layout' : `part ${index + 1}`;
        peaks.push({ step, megabytes: peakBytes / 2 ** 20, seconds: billedMs / 1000 });
      }),
    );
  };
  const execution: Execution = {
    ...{ schema: 'fettle.execution/1', kind: 'optimize', request: 'jobs/bench.json' },
    startedAt: new Date().toISOString(),
    job: resolveJob({ source: 'model.onnx', folder, settings: {}, where: (key) => key }),
    identified: { given: { artifact: await sourceArtifact(path), format: 'onnx' }, data: {} },
    sources: {},
  };
  const started = performance.now();
  const { result } = await roundsOfParts(input, execution, site, work);
  const seconds = (performance.now() - started) / 1000;
  for (const { step, megabytes, seconds: own } of peaks.toSorted((a, b) =>
    a.step < b.step ? -1 : 1,
  ))
    holds =
      bar(
        `${step}: memory`,
        `${megabytes.toFixed(0)} MB at most, all its processes together; ${own.toFixed(0)} s`,
        `< ${MEMORY_BAR_MB} MB`,
        megabytes < MEMORY_BAR_MB,
      ) && holds;
  const parts = peaks.length - 1;
  if (LAYERS === 45) holds = bar('parts', `${parts}`, `${SHARDS}`, parts === SHARDS) && holds;
  const left = s3.openUploads('outbox').length;
  holds = bar('open uploads', `${left}`, 'none', left === 0) && holds;
  if (result?.status !== 'done') return bar('result', JSON.stringify(result), 'done', false);

  const own = new FolderStore(join(folder, 'store'));
  const places = new Map<Digest, string>([[model.digest, path]]);
  const local = await compressStep.run(input, {
    ...{ store: own, tempDir: folder, log: silentLog, progress: () => {} },
    locate: async (digest) => places.get(digest) ?? own.pathOf(digest),
  });
  if (local.status !== 'done') return bar('local', JSON.stringify(local), 'done', false);
  const files = [result, local].map(({ model: made }) => made.digest);
  const [joined, whole] = [
    await store.pathOf(result.model.digest),
    await own.pathOf(local.model.digest),
  ];
  const isSame = files[0] === files[1] && areEqual(joined, whole);
  const size = `${(result.model.bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(0)} s, ${isSame ? 'equal' : 'OTHERWISE'}`;
  return bar('bytes', size, 'equal', isSame) && holds;
}

const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
try {
  if (!(await main(folder))) process.exitCode = 1;
} finally {
  await closeSharedProcess();
  rmSync(folder, { recursive: true });
}
