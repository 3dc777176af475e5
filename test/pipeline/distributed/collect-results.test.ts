import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { digestBytes } from '../../../shared/base/digest.ts';
import { collectResults } from '../../../shared/pipeline/distributed/collect-results.ts';
import {
  ExecutionKeys,
  FIRST_ROUND,
  type Round,
} from '../../../shared/pipeline/distributed/execution.ts';
import { localSite } from './_site.ts';

const keys = new ExecutionKeys('x');
const ordered = (key: string, lane: string): Round['open'][number] => ({
  key,
  step: 'memory',
  version: 1,
  lane,
  fresh: false,
});
const done = (key: string, cpu: string) => ({
  schema: 'fettle.result/1',
  key,
  status: 'done',
  output: { peakBytes: 5 },
  blobs: [],
  seconds: 2,
  machine: { cpu, features: [], cores: 2 },
});

/** What becomes of two open steps, one of which was measured. */
async function collected(results: Readonly<Record<string, unknown>>) {
  const { objects, store } = localSite();
  for (const [key, result] of Object.entries(results))
    await objects.put(key, JSON.stringify(result));
  const open = [ordered('a', 'work'), ordered('b', 'measure')];
  const round = await collectResults({ ...FIRST_ROUND, open }, keys, objects, store);
  return { round, store };
}

it('results become records, seconds add up, and the machine is the one that measured', async () => {
  const { round, store } = await collected({
    [keys.result('a')]: done('a', 'worker'),
    [keys.result('b')]: done('b', 'measurer'),
  });
  expect(round).toMatchObject({ open: [], ran: ['a', 'b'], seconds: 4, failed: {} });
  expect(round.machine?.cpu).toBe('measurer');
  expect((await store.readStep('memory', 'b'))?.output).toEqual({ peakBytes: 5 });
});

it('the report’s machine is that of the lane that every stack has, else of another', async () => {
  const machineOf = async (lanes: readonly string[], before?: string) => {
    const { objects, store } = localSite();
    for (const lane of lanes)
      await objects.put(keys.result(lane), JSON.stringify(done(lane, `cpu of ${lane}`)));
    const machine = before !== undefined && { cpu: before, features: [], cores: 2 };
    const open = lanes.map((lane) => ordered(lane, lane));
    const round = { ...FIRST_ROUND, open, ...(machine && { machine }) };
    return (await collectResults(round, keys, objects, store)).machine?.cpu;
  };
  expect(await machineOf(['measure-arm64', 'measure'])).toBe('cpu of measure');
  expect(await machineOf(['work', 'measure-arm64'])).toBe('cpu of measure-arm64');
  expect(await machineOf(['measure-arm64'], 'before')).toBe('before');
  expect(await machineOf(['work'])).toBeUndefined();
});

it('a result counts more than a failure noted meanwhile; nothing at all is a failure', async () => {
  const error = { kind: 'LimitError', message: 'stopped', stack: '' };
  const { round } = await collected({
    [keys.result('a')]: done('a', 'worker'),
    [keys.failure('a')]: { schema: 'fettle.result/1', key: 'a', status: 'failed', error },
  });
  expect(round.ran).toEqual(['a']);
  expect(round.failed.b?.error).toMatchObject({
    kind: 'LimitError',
    message: expect.stringContaining('left no result'),
  });
});

it('a shard whose addresses ended stays open, and is counted', async () => {
  const { objects, store } = localSite();
  const open = [ordered('e', 'batch')];
  await objects.put(keys.expired('e', 0), '{}');
  const first = await collectResults({ ...FIRST_ROUND, open }, keys, objects, store);
  expect(first).toMatchObject({ open: [], ran: [], failed: {}, expired: { e: 1 } });
  // Of the first time: this time it was lost.
  const second = await collectResults({ ...first, open }, keys, objects, store);
  expect(second.failed.e?.error).toMatchObject({
    message: expect.stringContaining('left no result'),
  });
});

it('a blob that came in pieces is joined of them', async () => {
  const { objects, store } = localSite();
  const digest = digestBytes('0123456789');
  await objects.put(keys.piece('p', 0), '01234');
  await objects.put(keys.piece('p', 1), '56789');
  const output = { digest, bytes: 10 };
  const blobs = [{ digest, pieces: 2 }];
  await objects.put(keys.result('p'), JSON.stringify({ ...done('p', 'x'), output, blobs }));
  const open = [{ ...ordered('p', 'batch'), step: 'weights-part' }];
  const round = await collectResults({ ...FIRST_ROUND, open }, keys, objects, store);
  expect(round).toMatchObject({ ran: ['p'], failed: {} });
  expect(readFileSync(await store.pathOf(digest), 'utf8')).toBe('0123456789');
});

it('what cannot be read at all fails its own step alone', async () => {
  const { objects, store, outbox } = localSite();
  await objects.put(keys.result('a'), '');
  writeFileSync(join(outbox, keys.result('a')), new Uint8Array([0xff, 0xfe]));
  const open = [ordered('a', 'work')];
  const round = await collectResults({ ...FIRST_ROUND, open }, keys, objects, store);
  expect(Object.keys(round.failed)).toEqual(['a']);
});
