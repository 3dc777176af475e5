/**
 * A look at all published models: those that other versions of our tools made, and would make differently today, are
 * done again. What did not change costs a read of its pointer, and starts nothing.
 */
import { z } from 'zod';
import { atOnce } from '../together.ts';
import { Slots } from './executions.ts';
import type { LookPorts } from './look-ports.ts';
import type { ObjectStore } from './object-store.ts';
import { POINTERS, readPointer } from './pointers.ts';
import { REASONS, type RequestDraft, readRequest } from './request.ts';
import { type Submitted, submit } from './submit.ts';
import { isSameToolchain, type Toolchain } from './toolchain.ts';

/** What goes from look to look. */
export const rerunStateSchema = z.object({
  rerun: z.object({
    reason: z.enum(REASONS),
    /** Key of the last pointer that was looked at. */
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
    if (next === 'done')
      log.info(`${looked} published models were looked at, ${started} are done again`);
    const { reason } = state.rerun;
    const rest = { reason, looked, started, ...(after !== undefined && { after }) };
    return { rerun: rest, seconds, next };
  };
  for await (const models of groups(publishedModels(ports.outbox, after))) {
    if (ports.now() >= ports.deadline) return answer('again', 0);
    const outcomes = await atOnce(
      models.map(
        ({ name }) =>
          () =>
            lookAt(name, { reason: state.rerun.reason, toolchain }, ports, slots),
      ),
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

/** What becomes of one model. */
async function lookAt(
  name: string,
  now: Pick<RequestDraft, 'reason' | 'toolchain'>,
  ports: LookPorts,
  slots: Slots,
): Promise<Submitted | 'same'> {
  const { inbox, outbox, executions, log, count } = ports;
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
  const { attempt: _, schema: __, ...draft } = former.request;
  const outcome = await submit({ ...draft, ...now }, { inbox, outbox, executions, slots });
  if (outcome === 'started') {
    count('JobsStarted', 1);
    log.info(`${name}: started again, it was made by ${toolsOf(newest.toolchain)}`);
  }
  if (outcome === 'changed')
    log.info(`${name}: what it was made of is not in the inbox any more, or has changed`);
  return outcome;
}

const toolsOf = ({ tool, runtime }: Toolchain): string => `Fettle ${tool} with ${runtime}`;

interface PublishedModel {
  readonly name: string;
  /** Of the pointer that says so. */
  readonly key: string;
}

/** In the order of their keys. */
async function* publishedModels(
  outbox: ObjectStore,
  startAfter: string | undefined,
): AsyncGenerator<PublishedModel> {
  const options = startAfter === undefined ? {} : { startAfter };
  for await (const { key } of outbox.list('models/', options)) {
    const name = /^models\/(.+)\/latest\.json$/.exec(key)?.[1];
    // A run has no pointers: names of files in it begin with the model's own.
    if (name !== undefined && !/\/runs\/[^/]+$/.test(name)) yield { name, key };
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
