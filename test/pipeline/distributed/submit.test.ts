import { expect, test } from 'vitest';
import { Slots } from '../../../shared/pipeline/distributed/executions.ts';
import type { ObjectStore } from '../../../shared/pipeline/distributed/object-store.ts';
import {
  jobKeyOf,
  type RequestDraft,
  readRequest,
  requestKey,
} from '../../../shared/pipeline/distributed/request.ts';
import { submit } from '../../../shared/pipeline/distributed/submit.ts';
import { TestExecutions } from './_executions.ts';
import { pointerTo, TestBucket } from './_listing.ts';

const TOOLCHAIN = { tool: '1', runtime: 'r', steps: 's' };

/** A model in an inbox, and the ports to submit it by. */
async function _setup() {
  const inbox = new TestBucket();
  inbox.drop('p/a.onnx', 'model');
  const head = await inbox.head('p/a.onnx');
  const draft: RequestDraft = {
    name: 'p/a',
    inbox: 'inbox',
    prefix: 'p/',
    model: [{ key: 'p/a.onnx', etag: head?.etag ?? '', bytes: 5 }],
    modelPath: 'a.onnx',
    data: [],
    sourceVersion: '2026-11-28T20:00:00.000Z',
    reason: 'upload',
    toolchain: TOOLCHAIN,
  };
  const outbox = new TestBucket();
  const executions = new TestExecutions();
  const ports = (maxJobs = 9) => ({
    inbox,
    outbox,
    executions,
    slots: new Slots(executions, maxJobs),
  });
  const key = requestKey(jobKeyOf(draft));
  return { inbox, outbox, executions, draft, ports, key };
}

const LATER = { sourceVersion: '2026-11-28T21:00:00.000Z' };

test('a job is started once, whoever asks how often', async () => {
  const { executions, draft, ports, key, outbox } = await _setup();
  const racing = await Promise.all([1, 2, 3, 4].map(() => submit(draft, ports())));
  expect(racing).toContain('started');
  expect(await submit(draft, ports())).toBe('known');
  executions.finish();
  expect(await submit(draft, ports())).toBe('known');
  const name = `${key.slice(5, 45)}-1`;
  expect(executions.started).toEqual([
    { name, input: { request: key, name: 'p/a', attempt: 1, round: 0 } },
  ]);
  expect((await readRequest(outbox, key))?.request).toEqual({
    ...draft,
    schema: 'fettle.request/1',
    attempt: 1,
  });
});

test('one that was killed before the start is made up for', async () => {
  const { executions, draft, ports, outbox, key } = await _setup();
  await outbox.put(key, JSON.stringify({ ...draft, schema: 'fettle.request/1', attempt: 1 }));
  // Its place was taken when the request was written.
  expect(await submit(draft, ports(0))).toBe('started');
  expect(executions.models).toEqual(['p/a']);
});

test('as many as may run', async () => {
  const { executions, draft, ports, outbox, key } = await _setup();
  await executions.start('other', {});
  expect(await submit(draft, ports(1))).toBe('full');
  expect(await readRequest(outbox, key)).toBeUndefined();
});

test('the same bytes again are tried again, unless they are what is published', async () => {
  const { executions, draft, ports, outbox, key } = await _setup();
  await submit(draft, ports());
  executions.finish();
  const racing = await Promise.all([1, 2, 3].map(() => submit({ ...draft, ...LATER }, ports())));
  expect(racing).toContain('started');
  expect(executions.started.map(({ name }) => name.slice(-2))).toEqual(['-1', '-2']);
  expect((await readRequest(outbox, key))?.request).toMatchObject({ attempt: 2, ...LATER });
  // An event that comes late changes nothing.
  expect(await submit(draft, ports())).toBe('known');
  outbox.drop('models/p/a/latest.json', pointerTo(key));
  const evenLater = { ...draft, sourceVersion: '2026-11-28T22:00:00.000Z' };
  expect(await submit(evenLater, ports())).toBe('known');
  expect(executions.started).toHaveLength(2);
});

test('the same bytes again while they are worked on are the later upload', async () => {
  const { executions, draft, ports, outbox, key } = await _setup();
  await submit(draft, ports());
  expect(await submit({ ...draft, ...LATER }, ports())).toBe('known');
  expect(executions.started).toHaveLength(1);
  expect((await readRequest(outbox, key))?.request).toMatchObject({ attempt: 1, ...LATER });
});

test('what was overwritten since it was listed is left to its own event', async () => {
  const { executions, draft, ports, inbox, outbox, key } = await _setup();
  inbox.drop('p/a.onnx', 'other');
  expect(await submit(draft, ports())).toBe('changed');
  await inbox.delete(['p/a.onnx']);
  expect(await submit(draft, ports())).toBe('changed');
  expect(executions.started).toEqual([]);
  expect(await readRequest(outbox, key)).toBeUndefined();
});

test('versions are pinned where the bucket has some', async () => {
  const { draft, ports, inbox, outbox, key } = await _setup();
  const versioned: ObjectStore = Object.assign(Object.create(inbox), {
    head: async (one: string) => {
      const info = await inbox.head(one);
      return info && { ...info, versionId: `v of ${one}` };
    },
  });
  expect(await submit(draft, { ...ports(), inbox: versioned })).toBe('started');
  const written = await readRequest(outbox, key);
  expect(written?.request.model[0]?.versionId).toBe('v of p/a.onnx');
});
