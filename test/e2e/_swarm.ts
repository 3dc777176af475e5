/** Many tiny models dropped into the inbox of an emulated stack at once, and what came of them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { freshFolder } from '../../scripts/functions/fresh-folder.ts';
import { hexOf } from '../../shared/base/digest.ts';
import { createRandom } from '../../shared/base/random.ts';
import { bytesOf, rawTensor } from '../../shared/onnx/make-tensor.ts';
import { parseModel } from '../../shared/onnx/text/parse-model.ts';
import { encodeModel } from '../../shared/onnx/write-model.ts';
import { jobsOf } from '../../shared/pipeline/config/jobs.ts';
import { readConfig } from '../../shared/pipeline/config/read-config.ts';
import { optimizeModel } from '../../shared/pipeline/optimize.ts';
import { isDone } from '../../shared/pipeline/stages/model-work.ts';
import { installedRuntimeVersion } from '../../shared/runtime/runtime-version.ts';
import { type Stack, type StackFaults, startStack } from '../emulators/stack/start-stack.ts';
import { synthesize } from '../emulators/stack/synthesize.ts';
import { inlineContext } from '../pipeline/inline-context.ts';

const configurationOf = (index: number): string => `version: 1
models:
  m${index}:
    source: tiny.onnx
    variants: [int8-weights, float16]
`;

/** Two layers of random weights; every seed another model. */
export function tinyModel(seed: number): Uint8Array {
  const random = createRandom(seed, 'tiny');
  const weights = (count: number): Float32Array =>
    Float32Array.from({ length: count }, () => 2 * random.float() - 1);
  const model = parseModel(`
<ir_version: 8, opset_import: ["": 17]>
g (float[N,16] x) => (float[N,8] y) { h = MatMul (x, a) r = Relu (h) y = MatMul (r, b) }`);
  const initializers = new Map(
    [
      rawTensor('a', 'float32', [16, 64], bytesOf(weights(16 * 64))),
      rawTensor('b', 'float32', [64, 8], bytesOf(weights(64 * 8))),
    ].map((tensor) => [tensor.name, tensor]),
  );
  return encodeModel({ ...model, graph: { ...model.graph, initializers } });
}

export interface SwarmOptions {
  readonly models: number;
  readonly faults?: StackFaults;
  readonly log?: (source: string, text: string) => void;
}

export interface SwarmOutcome {
  readonly seconds: number;
  /** Keys of the outbox below `models/`, by model. */
  readonly runs: ReadonlyMap<string, readonly string[]>;
  /** SHA-256 (hex) by the file's name, by model: of the manifest of its run. */
  readonly files: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly events: readonly {
    readonly type: string;
    readonly name: string;
    readonly verdict: string;
  }[];
  readonly openUploads: readonly string[];
  readonly invocations: number;
  readonly gbSeconds: number;
}

/** Starts a stack, drops the models, waits until nothing moves, and looks. */
export async function runSwarm({ models, faults, log }: SwarmOptions): Promise<SwarmOutcome> {
  const template = await synthesize({ quietSeconds: 1, latency: false, maxJobs: 50 });
  await using stack = await startStack({
    template,
    root: await freshFolder(),
    environments: 4,
    ...(faults && { faults }),
    ...(log && { log }),
  });
  const { client } = stack.storage;
  const { InboxName: inbox = '', OutboxName: outbox = '' } = stack.outputs;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: models }, async (_, index) => {
      const put = (name: string, Body: Uint8Array | string) =>
        client.send(new PutObjectCommand({ Bucket: inbox, Key: `m${index}/${name}`, Body }));
      await put('fettle.yml', configurationOf(index));
      await put('tiny.onnx', tinyModel(index));
    }),
  );
  await stack.settled();
  const seconds = (performance.now() - started) / 1000;
  const runs = new Map<string, string[]>();
  const files = new Map<string, Record<string, string>>();
  for await (const key of keysOf(client, outbox, 'models/')) {
    const [, name = '', run] = /^models\/(.+?)\/runs\/([^/]+)\/manifest\.json$/.exec(key) ?? [];
    if (run === undefined) continue;
    runs.set(name, [...(runs.get(name) ?? []), run]);
    const manifest = JSON.parse(await textOf(client, outbox, key));
    files.set(name, artifactsOf(manifest));
  }
  const told = stack.buses.flatMap(({ events }) =>
    events.filter(({ source }) => source === 'fettle'),
  );
  return {
    seconds,
    runs,
    files,
    events: told.map(({ 'detail-type': type, detail }) => ({
      type,
      name: String(detail.name),
      verdict: String(detail.verdict),
    })),
    openUploads: stack.storage.openUploads(outbox),
    ...usageOf(stack),
  };
}

/** The same models on this machine, without anything that goes wrong. */
export async function calmly(models: number, folder: string): Promise<SwarmOutcome['files']> {
  const files = new Map<string, Record<string, string>>();
  for (let index = 0; index < models; index++) {
    const place = join(folder, `m${index}`);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'fettle.yml'), configurationOf(index));
    writeFileSync(join(place, 'tiny.onnx'), tinyModel(index));
    const [job] = jobsOf(await readConfig(join(place, 'fettle.yml')));
    if (!job) throw new Error('the configuration has a model');
    const runtime = `onnxruntime-node ${installedRuntimeVersion()}`;
    const context = inlineContext({ runtime, measuresLatency: false });
    const { builds } = await optimizeModel(job, context);
    files.set(
      `m${index}`,
      Object.fromEntries(
        builds
          .filter(isDone)
          .map(({ variant, result }) => [variant, hexOf(result.value.artifact.digest)]),
      ),
    );
  }
  return files;
}

function artifactsOf({ files }: { files: { variant?: string; sha256: string }[] }) {
  return Object.fromEntries(
    files.flatMap(({ variant, sha256 }) =>
      variant === undefined ? [] : [[variant, sha256.replace(/^sha256:/, '')]],
    ),
  );
}

async function* keysOf(client: S3Client, bucket: string, prefix: string): AsyncIterable<string> {
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix }))
    for (const { Key = '' } of page.Contents ?? []) yield Key;
}

async function textOf(client: S3Client, bucket: string, key: string): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return (await Body?.transformToString()) ?? '';
}

/** What the functions of a stack were called and metered so far. */
export function usageOf({ lambda }: Stack): Pick<SwarmOutcome, 'invocations' | 'gbSeconds'> {
  let invocations = 0;
  let gbSeconds = 0;
  for (const name of ['ingest', 'gather', 'advance', 'work', 'measure', 'publish']) {
    const usage = lambda.usage(`fettle-${name}`);
    invocations += usage.invocations;
    gbSeconds += usage.gbSeconds;
  }
  return { invocations, gbSeconds };
}
