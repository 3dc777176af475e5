/**
 * What a worker does with an order: fetch, run the one step in a child process, put what it made, report. The
 * child sees files and nothing else; whatever goes wrong is reported, as long as this process lives.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DefectError, LimitError } from '../../base/errors.ts';
import { makeTempDir, removeTempDir } from '../../base/files.ts';
import { isInside } from '../../base/inside-folder.ts';
import type { Log } from '../../base/log.ts';
import type { FileWindow } from '../../onnx/file-windows.ts';
import { describeMachine } from '../../runtime/machine.ts';
import { installedRuntimeVersion } from '../../runtime/runtime-version.ts';
import { ChildExecutor } from '../local/child-executor.ts';
import { toWire, type WireError } from '../local/error-wire.ts';
import type { Progress } from '../step.ts';
import { loadStep, REGISTRY_URL } from '../steps/registry.ts';
import { FolderStore } from '../store/folder-store.ts';
import { AddressExpired } from './http-transfer.ts';
import type { Order, RemoteInput } from './order.ts';
import { MAX_RESULT_BYTES, type ShardResult } from './result.ts';
import { sendBlobs } from './send-blobs.ts';

/** Bytes over the network, by addresses that carry their own permission. */
export interface Transfer {
  /** Into a file that is not there yet. */
  fetch(url: string, path: string): Promise<void>;
  /** Some ranges of it into a file that is not there yet, and that gets its size. */
  fetchRanges(url: string, path: string, ranges: readonly FileWindow[]): Promise<void>;
  /** All of it, or some of it. */
  putFile(url: string, path: string, window?: FileWindow): Promise<void>;
  putText(url: string, text: string): Promise<void>;
}

export interface Bench {
  readonly transfer: Transfer;
  readonly log: Log;
  readonly onProgress?: (progress: Progress) => void;
  /** Where to put what was made, where that may change while the step runs. */
  readonly upload?: () => Order['upload'];
  /** Starts the child, see {@link ChildExecutor}. */
  readonly launcher?: string;
  /** Holds everything that the order needs and makes; removed afterwards. */
  readonly tempParent?: string;
}

/** Gives the result that it has put. @throws when not even a report can be put, and when addresses are over */
export async function runOrder(order: Order, bench: Bench): Promise<ShardResult> {
  const folder = makeTempDir('order', bench.tempParent);
  try {
    const result = await work(order, folder, bench).catch((error: unknown): ShardResult => {
      // It says nothing of the step, which somebody else may be given.
      if (error instanceof AddressExpired) throw error;
      return {
        schema: 'fettle.result/1',
        key: order.key,
        status: 'failed',
        error: withoutFolders(toWire(error), order, folder),
      };
    });
    const text = JSON.stringify(result);
    if (text.length > MAX_RESULT_BYTES)
      throw new DefectError(`the result of ${order.step} is larger than ${MAX_RESULT_BYTES} bytes`);
    await bench.transfer.putText(uploadOf(order, bench).result, text);
    return result;
  } finally {
    removeTempDir(folder);
  }
}

/** The user knows files by their names in the prefix, and not where they lie for the while. */
function withoutFolders(error: WireError, { inputs }: Order, folder: string): WireError {
  const told = (text: string): string =>
    inputs.reduce(
      (rest, _, index) => rest.replaceAll(`${join(folder, `input-${index}`)}/`, ''),
      text,
    );
  const { message, where } = error;
  return { ...error, message: told(message), ...(where !== undefined && { where: told(where) }) };
}

const uploadOf = ({ upload }: Order, bench: Bench): Order['upload'] => bench.upload?.() ?? upload;

/** A function ends after a quarter of an hour, of which a part is for fetching and sending. */
const TIME_HINT =
  'Each step has this long: raise timeout in fettle.yml if it is given there, else give less data or a smaller model; a loop in the graph may have no end.';

async function work(order: Order, folder: string, bench: Bench): Promise<ShardResult> {
  const { transfer, log, onProgress, launcher } = bench;
  checkVersions(order);
  const sources: Record<string, string> = {};
  for (const [index, input] of order.inputs.entries())
    sources[input.digest] = await fetchInput(input, join(folder, `input-${index}`), transfer);
  const store = new FolderStore(join(folder, 'store'));
  const tempDir = join(folder, 'work');
  await mkdir(tempDir);
  const executor = new ChildExecutor({
    store,
    registry: REGISTRY_URL,
    sources,
    tempDir,
    runtime: order.runtime,
    log,
    deadline: performance.now() + order.seconds * 1000,
    deadlineHint: TIME_HINT,
    ...(launcher !== undefined && { launcher }),
    memoryBytes: order.memoryBytes,
  });
  try {
    const step = await loadStep(order.step);
    if (step.version !== order.version)
      throw updated(`${step.name} ${step.version}`, order.version);
    const { output, seconds } = await executor.execute(step, order.input, {
      ...(onProgress && { onProgress }),
    });
    // Its memory is not needed any more, and sending takes some.
    await executor.close();
    const now = { step: order.step, upload: uploadOf(order, bench) };
    const blobs = await sendBlobs([...new Set(step.blobs(output))], store, now, transfer);
    const machine = await describeMachine();
    return {
      schema: 'fettle.result/1',
      key: order.key,
      status: 'done',
      output,
      blobs,
      seconds,
      machine: { ...machine, features: [...machine.features] },
    };
  } finally {
    await executor.close();
  }
}

/** An order of another version would give another result under its key. */
function checkVersions({ runtime }: Order): void {
  const own = `onnxruntime-node ${installedRuntimeVersion()}`;
  if (runtime !== own) throw updated(own, runtime);
}

const updated = (own: string, ordered: string | number): LimitError =>
  new LimitError(`the worker has ${own}, and the order is for ${ordered}`, {
    hint: 'The stack was updated meanwhile: start the job again.',
  });

/** The path that the digest stands for. */
async function fetchInput(
  { entry, files }: RemoteInput,
  folder: string,
  transfer: Transfer,
): Promise<string> {
  for (const { path, url, ranges } of files) {
    if (!isInside(path))
      throw new DefectError(`an order names a file outside of its folder: ${path}`);
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await (ranges ? transfer.fetchRanges(url, target, ranges) : transfer.fetch(url, target));
  }
  return join(folder, entry);
}
