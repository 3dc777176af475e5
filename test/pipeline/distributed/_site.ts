/** A whole distributed job in this process: objects in a folder, workers that are called, addresses that are paths. */
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Digest } from '../../../shared/base/brand.ts';
import { digestFile, hexOf } from '../../../shared/base/digest.ts';
import { ToolError } from '../../../shared/base/errors.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { silentLog } from '../../../shared/base/log.ts';
import { advanceRound, type Site } from '../../../shared/pipeline/distributed/advance-round.ts';
import type { AdoptingStore } from '../../../shared/pipeline/distributed/collect-results.ts';
import {
  type Execution,
  ExecutionKeys,
  type OptimizeExecution,
  type Place,
} from '../../../shared/pipeline/distributed/execution.ts';
import { orderSchema, type Shard } from '../../../shared/pipeline/distributed/order.ts';
import { runOrder, type Transfer } from '../../../shared/pipeline/distributed/run-order.ts';
import type { Job } from '../../../shared/pipeline/job.ts';
import { toWire } from '../../../shared/pipeline/local/error-wire.ts';
import { identifyJob } from '../../../shared/pipeline/stages/source.ts';
import { runStep } from '../../../shared/pipeline/step.ts';
import { loadStep } from '../../../shared/pipeline/steps/registry.ts';
import { FolderStore } from '../../../shared/pipeline/store/folder-store.ts';
import type { Piece } from '../../../shared/pipeline/store/store.ts';
import { installedRuntimeVersion } from '../../../shared/runtime/runtime-version.ts';
import { FolderObjects } from './_folder-objects.ts';

/** The folder store, and what lies beside it. */
class LocalStore extends FolderStore implements AdoptingStore {
  readonly #outbox: string;

  constructor(folder: string, outbox: string) {
    super(folder);
    this.#outbox = outbox;
  }

  async copyTo(digest: Digest, key: string): Promise<void> {
    const path = join(this.#outbox, key);
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path)) copyFileSync(await this.pathOf(digest), path);
  }

  beside(files: ReadonlyMap<Digest, Place>): LocalStore {
    return new StoreBeside(this.name, this.#outbox, files);
  }

  async adopt(digest: Digest, ...keys: readonly string[]): Promise<void> {
    const path = join(makeTempDir('adopt'), 'joined');
    for (const key of keys) appendFileSync(path, readFileSync(join(this.#outbox, key)));
    if ((await digestFile(path)) !== digest) throw new ToolError(`${keys} is not ${digest}`);
    await this.putFile(path);
  }
}

/** Files of the job's own are taken in when they are joined; others stay where they are. */
class StoreBeside extends LocalStore {
  readonly #files: ReadonlyMap<Digest, Place>;

  constructor(folder: string, outbox: string, files: ReadonlyMap<Digest, Place>) {
    super(folder, outbox);
    this.#files = files;
  }

  override async concat(pieces: readonly Piece[]): Promise<Digest> {
    for (const { digest } of pieces) {
      const place = this.#files.get(digest);
      if (place) await this.putFile(join(place.bucket, place.key));
    }
    return super.concat(pieces);
  }
}

export const fileTransfer: Transfer = {
  fetch: async (url, path) => copyFileSync(url, path),
  fetchRanges: async (url, path, ranges) => {
    const from = openSync(url, 'r');
    const to = openSync(path, 'wx');
    ftruncateSync(to, fstatSync(from).size);
    for (const { offset, length } of ranges) {
      const bytes = new Uint8Array(length);
      readSync(from, bytes, 0, length, offset);
      writeSync(to, bytes, 0, length, offset);
    }
    closeSync(from);
    closeSync(to);
  },
  putFile: async (url, path, window) => {
    mkdirSync(dirname(url), { recursive: true });
    if (!window) return copyFileSync(path, url);
    const { offset, length } = window;
    writeFileSync(url, readFileSync(path).subarray(offset, offset + length));
  },
  putText: async (url, text) => {
    mkdirSync(dirname(url), { recursive: true });
    writeFileSync(url, text);
  },
};

export interface LocalSite extends Site {
  readonly outbox: string;
}

export function localSite(overrides: Partial<Site> = {}): LocalSite {
  const folder = makeTempDir('test');
  const outbox = join(folder, 'outbox');
  mkdirSync(outbox);
  return {
    outbox,
    objects: new FolderObjects(outbox),
    store: new LocalStore(join(folder, 'store'), outbox),
    addresses: {
      read: async ({ key, bucket }) =>
        bucket === undefined && !key.startsWith('work/')
          ? join(folder, 'store', key)
          : join(bucket ?? outbox, key),
      write: async (key) => join(outbox, key),
      blobKey: (digest) => {
        const hex = hexOf(digest);
        return `blobs/${digest.slice(0, digest.indexOf(':'))}/${hex.slice(0, 2)}/${hex}`;
      },
    },
    lanes: { work: { memoryMb: 3538, seconds: 900 }, measure: { memoryMb: 3538, seconds: 900 } },
    runtime: `onnxruntime-node ${installedRuntimeVersion()}`,
    machine: { cpu: 'test', features: ['avx2'], cores: 2 },
    protocol: 'short',
    measuresLatency: false,
    log: silentLog,
    ...overrides,
  };
}

/** What the first turn would write for a job whose files lie on this machine. */
export async function executionOf(job: Job): Promise<OptimizeExecution> {
  const paths: Record<string, string> = {};
  const identified = await identifyJob(job, paths, makeTempDir('test'));
  const sources = Object.entries(paths).map(([digest, path]) => {
    if (!statSync(path).isFile()) throw new Error('only files here');
    const key = path.slice(1);
    return [digest, { entry: key, files: [{ bucket: '/', key, path: key }] }];
  });
  return {
    schema: 'fettle.execution/1',
    kind: 'optimize',
    request: 'jobs/x.json',
    startedAt: new Date().toISOString(),
    job,
    identified,
    sources: Object.fromEntries(sources),
  };
}

/** Turns until there is nothing to run; gives the number of the last round and the steps that ran. */
export async function runRounds(
  execution: Execution,
  name: string,
  site: LocalSite,
  run: (shard: Shard) => Promise<void> = workHere,
): Promise<{ readonly round: number; readonly steps: string[][] }> {
  const keys = new ExecutionKeys(name);
  const steps: string[][] = [];
  for (let round = 0; ; round++) {
    const turn = await advanceRound(execution, keys, round, site);
    if (turn.next === 'publish') return { round, steps };
    steps.push(turn.shards.map(({ order }) => orderAt(order).step));
    await Promise.all(turn.shards.map(run));
  }
}

export const orderAt = (path: string) => orderSchema.parse(JSON.parse(readFileSync(path, 'utf8')));

/** The worker of the functions, with its child process. */
export async function work({ order }: Shard): Promise<void> {
  await runOrder(orderAt(order), { transfer: fileTransfer, log: silentLog });
}

/** The same without a process, for tests that are about other things. */
export async function workHere({ order: path }: Shard): Promise<void> {
  const order = orderAt(path);
  const folder = makeTempDir('test');
  const sources = new Map<string, string>();
  for (const [index, { digest, entry, files }] of order.inputs.entries()) {
    for (const file of files) {
      const target = join(folder, `${index}`, file.path);
      mkdirSync(dirname(target), { recursive: true });
      await (file.ranges
        ? fileTransfer.fetchRanges(file.url, target, file.ranges)
        : fileTransfer.fetch(file.url, target));
    }
    sources.set(digest, join(folder, `${index}`, entry));
  }
  const store = new FolderStore(join(folder, 'store'));
  const step = await loadStep(order.step);
  const tempDir = join(folder, 'work');
  mkdirSync(tempDir);
  const put = (result: unknown): Promise<void> =>
    fileTransfer.putText(order.upload.result, JSON.stringify(result));
  const frame = { schema: 'fettle.result/1', key: order.key };
  try {
    const { output, seconds } = await runStep(
      step,
      order.input,
      {
        store,
        locate: async (digest) => sources.get(digest) ?? store.pathOf(digest),
        tempDir,
        log: silentLog,
        progress: () => {},
      },
      order,
    );
    const digests = [...new Set(step.blobs(output))];
    for (const [slot, digest] of digests.entries())
      await fileTransfer.putFile(order.upload.blobs[slot] ?? '', await store.pathOf(digest));
    const blobs = digests.map((digest, slot) => ({ digest, slot }));
    const machine = { cpu: 'worker', features: [], cores: 2 };
    await put({ ...frame, status: 'done', output, blobs, seconds, machine });
  } catch (error) {
    await put({ ...frame, status: 'failed', error: toWire(error) });
  }
}
