/** Starts the job of a request once, however often and from how many places it is asked for. */
import { atOnce } from '../together.ts';
import type { Executions, Slots } from './executions.ts';
import { POINTERS } from './model-keys.ts';
import type { ObjectStore } from './object-store.ts';
import { readPointer } from './pointers.ts';
import {
  executionName,
  type InputObject,
  type JobRequest,
  jobKeyOf,
  jobKeyOfRequest,
  type OptimizeInput,
  type RequestDraft,
  readRequest,
  requestKey,
} from './request.ts';

export interface SubmitPorts {
  readonly inbox: ObjectStore;
  readonly outbox: ObjectStore;
  /** Of the machine that does jobs. */
  readonly executions: Executions;
  readonly slots: Slots;
}

/**
 * `known`: the job runs, or is done; `full`: as many run as may; `changed`: an object was overwritten since it was
 * listed, and its own event is to come.
 */
export type Submitted = 'started' | 'known' | 'full' | 'changed';

/** Above this, versions are not asked for one by one: a folder of images is pinned by its etags. */
const MAX_PINNED = 200;

/** Requests of a pass lose the race for one object to as many others, at the most, before one must have won. */
const MAX_TRIES = 5;

/**
 * The same bytes under one name are one job: an event that comes twice, or two that race, start one execution. Uploaded
 * again later they are tried again, unless what is published came from them.
 */
export async function submit(draft: RequestDraft, ports: SubmitPorts): Promise<Submitted> {
  const { outbox, slots } = ports;
  const key = requestKey(jobKeyOf(draft));
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const existing = await readRequest(outbox, key);
    if (existing) {
      const { request, info } = existing;
      // Step Functions forgets names after 90 days; what is published stays.
      if (await isPublished(outbox, draft.name, key)) return 'known';
      // It may have been written by one who was killed before the start.
      if (draft.sourceVersion <= request.sourceVersion) return start(key, request, ports);
      const name = executionName(jobKeyOfRequest(key), request.attempt);
      if (await ports.executions.isRunning(name)) {
        // What it gives counts as of the later upload.
        const later = { ...request, sourceVersion: draft.sourceVersion };
        if (await outbox.put(key, JSON.stringify(later), { ifMatch: info.etag })) return 'known';
        continue;
      }
    }
    if (!(await slots.take())) return 'full';
    const pinned = await pin(draft, ports.inbox);
    if (!pinned) {
      slots.release();
      return 'changed';
    }
    const attempt = (existing?.request.attempt ?? 0) + 1;
    const request: JobRequest = { ...pinned, schema: 'fettle.request/1', attempt };
    const written = await outbox.put(
      key,
      JSON.stringify(request),
      existing ? { ifMatch: existing.info.etag } : { ifNoneMatch: '*' },
    );
    if (written) return start(key, request, ports);
    slots.release();
  }
  return 'known';
}

async function start(
  key: string,
  { name, attempt }: JobRequest,
  { executions }: SubmitPorts,
): Promise<Submitted> {
  const input: OptimizeInput = { request: key, name, attempt, round: 0 };
  const answer = await executions.start(executionName(jobKeyOfRequest(key), attempt), input);
  return answer === 'started' ? 'started' : 'known';
}

/** The draft with the versions of its objects. `undefined` when one is not what it was. */
async function pin(draft: RequestDraft, inbox: ObjectStore): Promise<RequestDraft | undefined> {
  const { model, data, configuration } = draft;
  if (model.length + data.length > MAX_PINNED) return draft;
  const versions = new Map<string, InputObject>();
  const objects = [...model, ...data, ...(configuration ? [configuration] : [])];
  await atOnce(
    objects.map((object) => async () => {
      const head = await inbox.head(object.key);
      if (head?.etag !== object.etag) return;
      const { versionId } = head;
      versions.set(object.key, { ...object, ...(versionId !== undefined && { versionId }) });
    }),
  );
  if (objects.some(({ key }) => !versions.has(key))) return undefined;
  const pinned = (object: InputObject): InputObject => versions.get(object.key) ?? object;
  return {
    ...draft,
    model: model.map(pinned),
    data: data.map(pinned),
    ...(configuration && { configuration: pinned(configuration) }),
  };
}

/** Whether what is published of a model, or waits to be, came from this request. */
export async function isPublished(
  outbox: ObjectStore,
  model: string,
  request: string,
): Promise<boolean> {
  for (const name of POINTERS)
    if ((await readPointer(outbox, model, name))?.pointer.request === request) return true;
  return false;
}
