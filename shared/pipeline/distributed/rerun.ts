/**
 * A look at all models of the outbox: those that other versions of our tools made, and would make differently today, are
 * done again, and so are those that other versions failed at. What did not change costs a read of its pointer, and
 * starts nothing.
 */
import { z } from 'zod';
import { atOnce } from '../together.ts';
import { Slots } from './executions.ts';
import type { LookPorts } from './look-ports.ts';
import { POINTERS, readModelKey } from './model-keys.ts';
import type { ObjectStore } from './object-store.ts';
import { readPointer } from './pointers.ts';
import {
  type JobRequest,
  REASONS,
  type RequestDraft,
  readRequest,
  requestOfRun,
} from './request.ts';
import { listRuns } from './runs.ts';
import { type Submitted, submit } from './submit.ts';
import { isSameToolchain, type Toolchain } from './toolchain.ts';

/** What goes from look to look. */
export const rerunStateSchema = z.object({
  rerun: z.object({
    reason: z.enum(REASONS),
    /** Key of the last pointer, or error, that was looked at. */
    after: z.string().optional(),
    looked: z.int().min(0),
    started: z.int().min(0),
  }),
  /** To wait before the next look. */
  seconds: z.number().min(0),
});
export type RerunState = z.infer<typeof rerunStateSchema>;
export type RerunAnswer = RerunState & { readonly next: 'again' | 'done' };

/** Pointers read side by side. */
const AT_ONCE = 32;

/** Jobs take minutes: a look in between that finds no place costs a call. */
const WAIT_SECONDS = 60;

/** Of all jobs that may run: uploads have somebody who waits for them. */
const SHARE = 0.5;

/** Where a look begins. */
export const firstLook = (reason: RerunState['rerun']['reason']): RerunState => ({
  rerun: { reason, looked: 0, started: 0 },
  seconds: 0,
});

/** One look, as far as time and places allow. */
export async function rerun(state: RerunState, ports: LookPorts): Promise<RerunAnswer> {
  const { executions, maxJobs, log } = ports;
  const toolchain = await ports.toolchain();
  const slots = new Slots(executions, Math.max(1, Math.floor(maxJobs * SHARE)));
  let { after, looked, started } = state.rerun;
  const answer = (next: 'again' | 'done', seconds: number): RerunAnswer => {
    if (next === 'done') log.info(`${looked} models were looked at, ${started} are done again`);
    const { reason } = state.rerun;
    const rest = { reason, looked, started, ...(after !== undefined && { after }) };
    return { rerun: rest, seconds, next };
  };
  for await (const models of groups(modelsOf(ports.outbox, after))) {
    if (ports.now() >= ports.deadline) return answer('again', 0);
    const outcomes = await atOnce(
      models.map(({ name, isFailure }) => () => {
        const now = { reason: state.rerun.reason, toolchain };
        const look = isFailure ? lookAtFailure : lookAtPublished;
        return look(name, now, ports, slots).catch((error: unknown) => unread(error, name, ports));
      }),
    );
    const isFull = outcomes.indexOf('full');
    const done = isFull < 0 ? models.length : isFull;
    started += outcomes.filter((outcome) => outcome === 'started').length;
    looked += done;
    after = models[done - 1]?.key ?? after;
    if (isFull >= 0) return answer('again', WAIT_SECONDS);
  }
  return answer('done', 0);
}

/** A record of another version of ours stops no other model. */
function unread(error: unknown, name: string, { log }: LookPorts): 'same' {
  if (!(error instanceof z.ZodError)) throw error;
  log.warn(`${name}: what is known of it cannot be read; upload the model again`);
  return 'same';
}

/** What becomes of what is in use, or waits to be. */
async function lookAtPublished(
  name: string,
  now: Pick<RequestDraft, 'reason' | 'toolchain'>,
  ports: LookPorts,
  slots: Slots,
): Promise<Submitted | 'same'> {
  const { outbox, log } = ports;
  const pointers = [];
  for (const pointer of POINTERS) {
    const found = await readPointer(outbox, name, pointer);
    // What is in use is as it would be, or what waits to be is.
    if (found && isSameToolchain(found.pointer.toolchain, now.toolchain)) return 'same';
    if (found) pointers.push(found.pointer);
  }
  const [newest] = pointers.toSorted((a, b) => (a.sourceVersion > b.sourceVersion ? -1 : 1));
  const former = newest && (await readRequest(outbox, newest.request));
  if (!former) {
    log.warn(`${name}: the request of its run is gone; upload the model again`);
    return 'same';
  }
  return again(former.request, now, ports, slots);
}

/**
 * What becomes of a model whose last job failed. What is published of it has its own look: the upload that failed is a
 * later one.
 */
async function lookAtFailure(
  name: string,
  now: Pick<RequestDraft, 'reason' | 'toolchain'>,
  ports: LookPorts,
  slots: Slots,
): Promise<Submitted | 'same'> {
  const { outbox } = ports;
  const [last] = await listRuns(outbox, name);
  if (!last || last.isWhole) return 'same';
  const former = await requestOfRun(last.key, outbox);
  // What was known to be wrong with the upload, before anything ran, is so for every version.
  if (!former || former.request.problem) return 'same';
  if (isSameToolchain(former.request.toolchain, now.toolchain)) return 'same';
  return again(former.request, now, ports, slots);
}

async function again(
  { attempt: _, schema: __, ...draft }: JobRequest,
  now: Pick<RequestDraft, 'reason' | 'toolchain'>,
  { inbox, outbox, executions, log, count }: LookPorts,
  slots: Slots,
): Promise<Submitted> {
  const { name } = draft;
  const outcome = await submit({ ...draft, ...now }, { inbox, outbox, executions, slots });
  if (outcome === 'started') {
    count('JobsStarted', 1);
    log.info(`${name}: started again, its last job was of ${toolsOf(draft.toolchain)}`);
  }
  if (outcome === 'changed')
    log.info(`${name}: what it was made of is not in the inbox any more, or has changed`);
  return outcome;
}

const toolsOf = ({ tool, runtime }: Toolchain): string => `Fettle ${tool} with ${runtime}`;

interface LookedAt {
  readonly name: string;
  /** Of the pointer, or of the error, that says so. */
  readonly key: string;
  readonly isFailure: boolean;
}

/** In the order of their keys; of several errors of a model only the first counts. */
async function* modelsOf(
  outbox: ObjectStore,
  startAfter: string | undefined,
): AsyncGenerator<LookedAt> {
  const options = startAfter === undefined ? {} : { startAfter };
  let failed: string | undefined;
  for await (const { key } of outbox.list('models/', options)) {
    const read = readModelKey(key);
    if (read?.kind === 'pointer' && read.pointer === 'latest')
      yield { name: read.name, key, isFailure: false };
    if (read?.kind !== 'run' || read.file !== 'error.json' || read.name === failed) continue;
    failed = read.name;
    yield { name: read.name, key, isFailure: true };
  }
}

async function* groups<T>(items: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  let group: T[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < AT_ONCE) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
