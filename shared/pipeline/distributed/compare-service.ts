/** Answers of the `api`: what is missing, how far a comparison is, what came of it. It waits for nothing. */
import type { Digest } from '../../base/brand.ts';
import { digestOfChunks } from '../../base/digest.ts';
import { DefectError, InputError, LimitError } from '../../base/errors.ts';
import { digestSchema } from '../artifact.ts';
import { modelNameOf } from '../names.ts';
import type { Store } from '../store/store.ts';
import { atOnce } from '../together.ts';
import type { ApiAnswer, ApiFile, ApiSide, ApiUpload, CompareMessage } from './api-messages.ts';
import { noSuchModel } from './catalog.ts';
import {
  type ComparedBlob,
  type ComparedSide,
  type ComparisonRequest,
  type ComparisonResult,
  comparisonKeyOf,
  comparisonRequestKey,
  readComparison,
  readComparisonResult,
} from './comparison.ts';
import { ExecutionKeys, readRound } from './execution.ts';
import type { Executions } from './executions.ts';
import type { ObjectStore } from './object-store.ts';
import { readPointer } from './pointers.ts';
import { executionName, type OptimizeInput } from './request.ts';
import { readRunReport } from './run-report.ts';
import type { Toolchain } from './toolchain.ts';

export interface ComparePorts {
  readonly objects: ObjectStore;
  readonly store: Pick<Store, 'hasBlob'>;
  /** Of the machine that does jobs. */
  readonly executions: Executions;
  /** Where a blob that the store lacks is put; the address takes those bytes alone. */
  readonly uploadOf: (digest: Digest) => Promise<ApiUpload>;
  readonly toolchain: Toolchain;
  readonly now: () => number;
}

/** So long Step Functions may not yet tell of an execution that was started. */
const UNSEEN_MS = 60_000;

/** An answer has 6 MB: those that do not fit are told when these are there. */
const MAX_UPLOADS = 2_000;

/** Calls that race for one attempt lose to one another at most as often. */
const MAX_TRIES = 5;

/** The same asked for twice is one execution; what is over is answered from the store. */
export async function compare(message: CompareMessage, ports: ComparePorts): Promise<ApiAnswer> {
  const { objects, executions } = ports;
  const draft = draftOf(message, ports.toolchain);
  const key = comparisonKeyOf(draft);
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const result = await readComparisonResult(objects, key);
    if (result && isFinal(result)) return answerOf(result);
    const uploads = await missing(draft, ports);
    if (uploads.length > 0) return { state: 'needs', uploads };
    const found = await readComparison(objects, key);
    let attempt = found?.request.attempt ?? 1;
    if (!found || (await isOver(attempt, key, result, found.info.lastModified, ports))) {
      if (found) attempt++;
      const request: ComparisonRequest = { ...draft, schema: 'fettle.comparison/1', attempt };
      const condition = found ? { ifMatch: found.info.etag } : { ifNoneMatch: '*' as const };
      const options = { ...condition, contentType: 'application/json' };
      const text = JSON.stringify(request);
      if (!(await objects.put(comparisonRequestKey(key), text, options))) continue;
    }
    const ticket = executionName(key, attempt);
    const input: OptimizeInput = {
      request: comparisonRequestKey(key),
      name: draft.name,
      attempt,
      round: 0,
    };
    await executions.start(ticket, input);
    return { state: 'running', ticket, progress: await progressOf(ticket, objects) };
  }
  throw new DefectError('a comparison was asked for by others again and again');
}

/** @throws InputError for a ticket that nobody was given, LimitError when the execution was stopped from outside */
export async function statusOf(ticket: string, ports: ComparePorts): Promise<ApiAnswer> {
  const { objects } = ports;
  const [key = '', text] = ticket.split('-');
  const attempt = Number(text);
  const early = await readComparisonResult(objects, key);
  if (early && isOfTicket(early, attempt)) return answerOf(early);
  const found = await readComparison(objects, key);
  if (!found || attempt > found.request.attempt)
    throw new InputError(`there is no comparison ${ticket}`, {
      hint: 'Ask for it with the action "compare".',
    });
  if (await isOver(attempt, key, early, found.info.lastModified, ports)) {
    // It may have ended between the two looks.
    const late = await readComparisonResult(objects, key);
    if (late && isOfTicket(late, attempt)) return answerOf(late);
    throw new LimitError('the comparison was stopped before it was done', {
      hint: 'Ask for it again: what was done is known.',
    });
  }
  return { state: 'running', ticket, progress: await progressOf(ticket, objects) };
}

/** The report of the run in use. @throws InputError with the nearest names */
export async function publishedReport(name: string, objects: ObjectStore): Promise<ApiAnswer> {
  const latest = await readPointer(objects, name, 'latest');
  const read = latest && (await readRunReport(objects, latest.pointer.run));
  if (read?.kind === 'report') return { state: 'done', report: read.report };
  if (read?.kind !== 'unread') throw await noSuchModel(objects, name);
  throw new InputError(`the report of ${name} is of a version that this stack does not read`, {
    hint: 'Update the stack.',
  });
}

function draftOf(
  { name, base, head, config, data }: CompareMessage,
  toolchain: Toolchain,
): Omit<ComparisonRequest, 'attempt' | 'schema'> {
  const own = sideOf(head);
  return {
    name: name ?? modelNameOf(own.path, own.files.length > 1),
    base: base && sideOf(base),
    head: own,
    config,
    data: (data ?? []).map(blobOf),
    toolchain,
  };
}

const SUFFIXES: Readonly<Record<string, string>> = {
  onnx: '.onnx',
  keras: '.keras',
  h5: '.h5',
  tflite: '.tflite',
  'frozen-graph': '.pb',
};

function sideOf(side: ApiSide): ComparedSide {
  const { path = `model${SUFFIXES[side.format ?? ''] ?? ''}`, label = path } = side;
  const files = 'files' in side ? side.files : [{ ...side, path }];
  if (!files.some((file) => file.path === path || file.path.startsWith(`${path}/`)))
    throw new InputError(`none of the files lies at ${path}`, { where: path });
  return {
    path,
    label,
    files: files.map(blobOf),
  };
}

/** @throws InputError when the digest is not that of the chunks */
function blobOf({ path, digest, bytes, chunks }: ApiFile): ComparedBlob {
  const blob = { path, digest: digestSchema.parse(digest), bytes };
  if (!chunks) return blob;
  const parts = chunks.map((chunk) => digestSchema.parse(chunk));
  if (digestOfChunks(parts) !== blob.digest)
    throw new InputError(`the digest of ${path} is not that of its chunks`, {
      where: path,
      hint: 'It is the SHA-256 over the SHA-256 (32 bytes each) of the 64 MiB chunks.',
    });
  return { ...blob, chunks: parts };
}

async function missing(
  { base, head, data }: Pick<ComparisonRequest, 'base' | 'head' | 'data'>,
  { store, uploadOf }: ComparePorts,
): Promise<ApiUpload[]> {
  const files = [...(base?.files ?? []), ...head.files, ...data];
  const lacked = async (digests: readonly Digest[]): Promise<Digest[]> => {
    const asked = [...new Set(digests)];
    const known = await atOnce(asked.map((digest) => () => store.hasBlob(digest)));
    return asked.filter((_, index) => !known[index]);
  };
  const whole = new Set(await lacked(files.map(({ digest }) => digest)));
  const large = files.filter(({ digest, chunks }) => chunks && whole.delete(digest));
  const chunks = await lacked(large.flatMap((file) => file.chunks ?? []));
  const uploads = [...new Set([...whole, ...chunks])].slice(0, MAX_UPLOADS);
  return atOnce(uploads.map((digest) => () => uploadOf(digest)));
}

/** What was wrong with the input is so the next time; what a limit or the cloud stopped is tried again. */
const isFinal = (result: ComparisonResult): boolean =>
  result.state === 'done' || result.error.code === 2 || result.error.code === 3;

const isOfTicket = (result: ComparisonResult, attempt: number): boolean =>
  result.state === 'done' || result.attempt >= attempt;

/** Whether an attempt ended, with a result or without. */
async function isOver(
  attempt: number,
  key: string,
  result: ComparisonResult | undefined,
  askedAt: Date,
  { executions, now }: ComparePorts,
): Promise<boolean> {
  if (result && result.attempt >= attempt) return true;
  if (now() - askedAt.getTime() < UNSEEN_MS) return false;
  return !(await executions.isRunning(executionName(key, attempt)));
}

function answerOf(result: ComparisonResult): ApiAnswer {
  return result.state === 'done'
    ? { state: 'done', report: result.report }
    : { state: 'failed', error: result.error };
}

/** Of the last round that was decided, which is the one that runs. */
async function progressOf(ticket: string, objects: ObjectStore): Promise<number> {
  const keys = new ExecutionKeys(ticket);
  let last = -1;
  for await (const { key } of objects.list(keys.round(0).replace(/0\.json$/, ''))) {
    const [, round] = /\/(\d+)\.json$/.exec(key) ?? [];
    if (round !== undefined) last = Math.max(last, Number(round));
  }
  if (last < 0) return 0;
  const round = await readRound(objects, keys, last);
  return round?.progress ?? 0;
}
