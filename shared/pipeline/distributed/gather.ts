/**
 * One look at a prefix of the inbox after an object arrived there: waits until it is quiet, decides what the jobs are
 * and starts them. Every arrival has a look of its own, and the last one sees everything; looks that race, or that are
 * repeated, start nothing twice.
 */
import { z } from 'zod';
import type { Log } from '../../base/log.ts';
import { shownName } from '../../report/visible-text.ts';
import { atOnce } from '../together.ts';
import { type Drop, type Ignored, READY_MARK, sortDrop } from './drop.ts';
import { Slots } from './executions.ts';
import { listHome } from './list-home.ts';
import type { Fetch } from './look-inside.ts';
import type { LookPorts } from './look-ports.ts';
import { type DroppedModel, decide, modelsOfDrop } from './models-of-drop.ts';
import { baseOf } from './object-key.ts';
import type { ObjectInfo, ObjectStore } from './object-store.ts';
import { submit } from './submit.ts';
import type { Toolchain } from './toolchain.ts';

/** What goes from look to look. */
export const gatherStateSchema = z.object({
  key: z.string().min(1),
  /** ISO 8601: when the object was complete. */
  time: z.iso.datetime({ offset: true }),
  /** Whether the prefix would not become quiet: what is quiet by itself is started. */
  busy: z.boolean().optional(),
  /** To wait before the next look. */
  seconds: z.number().min(0),
  /** How often there was no place for a job. */
  looks: z.int().min(0).optional(),
  /** Models up to this name are done with. */
  cursor: z.string().optional(),
  /** Models that wait for files, and the seconds that were spent on that. */
  waiting: z
    .object({ names: z.array(z.string()).optional(), seconds: z.number().min(0) })
    .optional(),
});
export type GatherState = z.infer<typeof gatherStateSchema>;

export type GatherAnswer = GatherState & { readonly next: 'again' | 'done' };

export interface GatherPorts extends LookPorts {
  /** The inbox's bucket. */
  readonly bucket: string;
  readonly quietSeconds: number;
}

/** Models looked into and started side by side. */
const AT_ONCE = 16;

/** A look at the most every five minutes, while nothing comes of it: an execution has some 2,700 of them. */
const MAX_WAIT_SECONDS = 300;

/**
 * Times its quiet time, a prefix may go on getting uploads: then what is complete in it is started, by the last look of
 * each such span.
 */
const BUSY_SPAN = 15;

/** Files that are still uploaded after half a day arrive by an event of their own, or never. */
const MAX_WAITED_SECONDS = 12 * 3600;

/** Names in a state, which is passed on by the service: it may have 256 KiB. */
const MAX_NAMED = 500;

/** One look. */
export async function gather(state: GatherState, ports: GatherPorts): Promise<GatherAnswer> {
  const { inbox, log, quietSeconds } = ports;
  const isReadyMark = baseOf(state.key) === READY_MARK;
  const age = (ports.now() - Date.parse(state.time)) / 1000;
  if (!isReadyMark && age < quietSeconds)
    return { ...state, next: 'again', seconds: Math.ceil(quietSeconds - age) };
  const { home, objects, superseded, isLastOfSpan } = await listHome(inbox, state, {
    isFinal: isReadyMark || state.busy === true,
    spanSeconds: Math.max(1, BUSY_SPAN * quietSeconds),
  });
  if (superseded && !isLastOfSpan) {
    log.debug(`${shownName(state.key)}: something newer arrived beside it`);
    return done(state);
  }
  // The last upload of all starts everything; should there never be one, this look starts what is complete.
  return superseded
    ? look({ ...state, busy: true }, home, objects, ports)
    : look(state, home, objects, ports);
}

async function look(
  state: GatherState,
  home: string,
  objects: readonly ObjectInfo[],
  ports: GatherPorts,
): Promise<GatherAnswer> {
  const { inbox, log, quietSeconds } = ports;
  const isBusy = state.busy === true;
  const drop = sortDrop(home, objects);
  const models = modelsOfDrop(drop, await configurationText(drop, inbox));
  warnOfNamesakes(models, log);
  const pass = new Pass(drop, await ports.toolchain(), ports, isBusy ? quietSeconds : 0);
  const { cursor, waiting } = state;
  const rest = models.filter(
    ({ name }) =>
      (cursor === undefined || name > cursor) && (waiting?.names?.includes(name) ?? true),
  );
  for (let at = 0; at < rest.length; at += AT_ONCE) {
    if (ports.now() >= ports.deadline)
      return { ...state, next: 'again', seconds: 0, ...cursorBefore(rest, at, state) };
    const group = rest.slice(at, at + AT_ONCE);
    const outcomes = await atOnce(group.map((model) => () => pass.handle(model)));
    const full = outcomes.indexOf('full');
    if (full < 0) continue;
    const looks = (state.looks ?? 0) + 1;
    const seconds =
      pass.started > 0 ? betweenLooks(looks, quietSeconds) : longer(state.seconds, quietSeconds);
    return { ...state, next: 'again', seconds, looks, ...cursorBefore(rest, at + full, state) };
  }
  // What is not complete, or of no use, is for the last look to tell.
  if (isBusy) return done(state);
  // A look at some of the models cannot tell what none of them needs.
  if (cursor === undefined && !waiting) pass.tell();
  const seconds = (waiting?.seconds ?? 0) + state.seconds;
  if (pass.waiting.length === 0 || seconds >= MAX_WAITED_SECONDS) return done(state);
  const { cursor: _, waiting: __, ...fresh } = state;
  const names = pass.waiting.length <= MAX_NAMED ? { names: pass.waiting } : {};
  return {
    ...fresh,
    next: 'again',
    seconds: longer(state.seconds, quietSeconds),
    waiting: { seconds, ...names },
  };
}

const done = (state: GatherState): GatherAnswer => ({ ...state, next: 'done', seconds: 0 });

const longer = (seconds: number, least: number): number =>
  Math.min(MAX_WAIT_SECONDS, Math.max(1, least, seconds * 2));

/** Ten thousand models in few places take days: the more looks there were, the fewer there are in an hour. */
const betweenLooks = (looks: number, least: number): number =>
  Math.min(MAX_WAIT_SECONDS, Math.max(1, least, looks));

/** Where to go on: before the model at `at`, and before all of its name. */
function cursorBefore(
  models: readonly DroppedModel[],
  at: number,
  { cursor }: GatherState,
): Pick<GatherState, 'cursor'> {
  const next = models[at]?.name ?? '';
  const before = models.slice(0, at).findLast(({ name }) => name < next)?.name ?? cursor;
  return before === undefined ? {} : { cursor: before };
}

/** `a.onnx` and `a.keras` are one name: both are done, and the later upload is the latest. */
function warnOfNamesakes(models: readonly DroppedModel[], log: Log): void {
  for (const [at, { name }] of models.entries())
    if (models[at + 1]?.name === name)
      log.warn(`${name} is the name of several models here: name them in fettle.yml`);
}

async function configurationText(drop: Drop, inbox: ObjectStore): Promise<string | undefined> {
  if (!drop.configuration) return undefined;
  const found = await inbox.get(drop.configuration.key);
  return found && Buffer.from(found.bytes).toString('utf8');
}

/** Nobody must act: the object that took the other's place has an event of its own. */
class ChangedError extends Error {}

/** What one look does, and what it has to tell. */
class Pass {
  readonly #drop: Drop;
  readonly #toolchain: Toolchain;
  readonly #ports: GatherPorts;
  readonly #slots: Slots;
  readonly #quietSeconds: number;
  readonly #claimed = new Set<string>();
  readonly #ignored: Ignored[] = [];
  readonly waiting: string[] = [];
  started = 0;

  /** `quietSeconds`: so long nothing may have arrived that a model depends on. */
  constructor(drop: Drop, toolchain: Toolchain, ports: GatherPorts, quietSeconds: number) {
    this.#quietSeconds = quietSeconds;
    this.#drop = drop;
    this.#toolchain = toolchain;
    this.#ports = ports;
    this.#slots = new Slots(ports.executions, ports.maxJobs);
  }

  /** Looks into a model and starts its job, unless there is a reason not to. */
  async handle(model: DroppedModel): Promise<'full' | 'done'> {
    try {
      return await this.#handle(model);
    } catch (error) {
      if (!(error instanceof ChangedError)) throw error;
      this.#ports.log.info(error.message);
      return 'done';
    }
  }

  async #handle(model: DroppedModel): Promise<'full' | 'done'> {
    const { inbox, outbox, executions, log, count, bucket } = this.#ports;
    const frame = { inbox: bucket, reason: 'upload', toolchain: this.#toolchain } as const;
    const decision = await decide(model, this.#drop, frame, this.#fetch);
    if (decision.kind === 'ignored') {
      if (model.candidate)
        this.#ignored.push({ key: model.candidate.entry.key, reason: decision.reason });
      return 'done';
    }
    for (const file of decision.files) this.#claimed.add(file);
    if (decision.kind === 'waiting') {
      this.waiting.push(model.name);
      log.info(
        `${model.name} waits for ${decision.missing.length} files that it names: ${listOf(decision.missing)}`,
      );
      return 'done';
    }
    const age = this.#ports.now() - Date.parse(decision.draft.sourceVersion);
    // What came last has a look of its own.
    if (age < 1000 * this.#quietSeconds) return 'done';
    const ports = { inbox, outbox, executions, slots: this.#slots };
    const outcome = await submit(decision.draft, ports);
    if (outcome === 'started') {
      this.started++;
      count('JobsStarted', 1);
      log.info(`${model.name}: started`);
    } else log.debug(`${model.name}: ${outcome}`);
    return outcome === 'full' ? 'full' : 'done';
  }

  /** What was of no use, once all models said which files are theirs. */
  tell(): void {
    const { log, count } = this.#ports;
    const { configuration, candidates, others, ignored } = this.#drop;
    const named = (key: string): boolean => this.#claimed.has(key);
    const unnamed = configuration
      ? candidates.map(({ entry: { key } }) => ({
          key,
          reason: `${baseOf(configuration.key)} does not name it`,
        }))
      : [];
    const useless = others.map(({ key }) => ({
      key,
      reason: 'it is neither a model nor data, nor a part of one',
    }));
    const all = [
      ...ignored,
      ...[...this.#ignored, ...unnamed, ...useless].filter(({ key }) => !named(key)),
    ];
    if (all.length === 0) return;
    count('ObjectsIgnored', all.length);
    const shown = all.slice(0, MAX_TOLD).map(({ key, reason }) => `${shownName(key)}: ${reason}`);
    log.info(
      `${all.length} objects are ignored. ${shown.join('; ')}${all.length > MAX_TOLD ? '; …' : ''}`,
    );
  }

  readonly #fetch: Fetch = async ({ key, etag }, offset, length) => {
    if (length === 0) return new Uint8Array();
    const found = await this.#ports.inbox.get(key, { range: [offset, length] });
    if (!found || found.info.etag !== etag || found.bytes.length !== length)
      throw new ChangedError(`${key} changed while it was looked at`);
    return found.bytes;
  };
}

/** Of what may be ten thousand: a line of a log is read by people. */
const MAX_TOLD = 20;

const listOf = (keys: readonly string[]): string =>
  keys
    .slice(0, 5)
    .map((key) => shownName(key))
    .join(', ') + (keys.length > 5 ? ', …' : '');
