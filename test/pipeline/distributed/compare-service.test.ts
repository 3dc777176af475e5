import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../shared/base/brand.ts';
import { digestOfChunks } from '../../../shared/base/digest.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import type { CompareMessage } from '../../../shared/pipeline/distributed/api-messages.ts';
import {
  type ComparePorts,
  compare,
  publishedReport,
  statusOf,
} from '../../../shared/pipeline/distributed/compare-service.ts';
import {
  type ComparisonResult,
  readComparison,
  writeComparisonResult,
} from '../../../shared/pipeline/distributed/comparison.ts';
import { ExecutionKeys, FIRST_ROUND } from '../../../shared/pipeline/distributed/execution.ts';
import { makeReport } from '../../report/make-report.ts';
import { FolderObjects } from './_folder-objects.ts';
import { publishFake } from './_published.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const message: CompareMessage = {
  action: 'compare',
  base: { digest: digest('a'), bytes: 10, format: 'onnx' },
  head: { digest: digest('b'), bytes: 10, format: 'onnx' },
  config: {},
};

function service(has: (digest: string) => boolean = () => true) {
  const started: string[] = [];
  const running = new Set<string>();
  const clock = { now: Date.now() };
  const objects = new FolderObjects(makeTempDir('test'));
  const ports: ComparePorts = {
    objects,
    store: { hasBlob: async (one) => has(one) },
    executions: {
      start: async (name) => {
        if (started.includes(name)) return 'exists';
        started.push(name);
        running.add(name);
        return 'started';
      },
      isRunning: async (name) => running.has(name),
      countRunning: async () => running.size,
    },
    uploadOf: async (one: Digest) => ({ digest: one, url: `put ${one}`, headers: {} }),
    toolchain: { tool: '0', runtime: 'r', steps: 's' },
    now: () => clock.now,
  };
  const end = async (ticket: string, result: object): Promise<void> => {
    running.delete(ticket);
    const [key = '', attempt] = ticket.split('-');
    const frame = { schema: 'fettle.comparison-result/1', attempt: Number(attempt) };
    await writeComparisonResult(objects, key, { ...frame, ...result } as ComparisonResult);
  };
  return { ports, started, running, clock, end, objects };
}

async function ticketOf(ports: ComparePorts): Promise<string> {
  const answer = await compare(message, ports);
  if (answer.state !== 'running') throw new Error(JSON.stringify(answer));
  return answer.ticket;
}

describe('a comparison', () => {
  it('first needs what the store lacks, each once', async () => {
    const { ports, started } = service((one) => one !== digest('b'));
    const data = [{ path: 'x.npz', digest: digest('b'), bytes: 1 }];
    expect(await compare({ ...message, data }, ports)).toEqual({
      state: 'needs',
      uploads: [{ digest: digest('b'), url: `put ${digest('b')}`, headers: {} }],
    });
    expect(started).toEqual([]);
  });

  it('needs of a large file the chunks that the store lacks, until it has the file itself', async () => {
    const chunks = [digest('1'), digest('2'), digest('1'), ...Array(12).fill(digest('3'))];
    const tree = digestOfChunks(chunks as Digest[]);
    const head = { digest: tree, bytes: 1_000_000_001, chunks, format: 'onnx' };
    const asked = { ...message, base: null, head };
    const { ports } = service((one) => one === digest('3'));
    expect(await compare(asked, ports)).toMatchObject({
      state: 'needs',
      uploads: [{ digest: digest('1') }, { digest: digest('2') }],
    });
    const { ports: whole } = service((one) => one === tree);
    expect(await compare(asked, whole)).toMatchObject({ state: 'running' });
    const { ports: parts, objects } = service((one) => one !== tree);
    const answer = await compare(asked, parts);
    if (answer.state !== 'running') throw new Error(JSON.stringify(answer));
    const found = await readComparison(objects, answer.ticket.split('-')[0] ?? '');
    expect(found?.request.head.files).toMatchObject([{ digest: tree, chunks }]);
    const other = { ...head, digest: `tree256:${'0'.repeat(64)}` };
    await expect(compare({ ...asked, head: other }, parts)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('not that of its chunks'),
    });
  });

  it('asks for so many uploads at once as an answer holds', async () => {
    const data = Array.from({ length: 2500 }, (_, index) => ({
      path: `${index}.png`,
      digest: `sha256:${`${index}`.padStart(64, '0')}`,
      bytes: 1,
    }));
    const { ports } = service((one) => !one.startsWith('sha256:0'));
    const answer = await compare({ ...message, data }, ports);
    expect(answer.state === 'needs' && answer.uploads).toHaveLength(2000);
  });

  it('asked for many times at once is one execution', async () => {
    const { ports, started, objects } = service();
    const tickets = await Promise.all(Array.from({ length: 8 }, () => ticketOf(ports)));
    expect(new Set(tickets).size).toBe(1);
    expect(started).toEqual([tickets[0]]);
    const found = await readComparison(objects, tickets[0]?.split('-')[0] ?? '');
    expect(found?.request).toMatchObject({
      name: 'model',
      attempt: 1,
      head: { path: 'model.onnx', label: 'model.onnx' },
    });
  });

  it('is another with another model, setting or version', async () => {
    const { ports } = service();
    const tickets = new Set([await ticketOf(ports)]);
    for (const other of [
      { ...message, base: null },
      { ...message, config: { seed: 1 } },
      { ...message, name: 'x' },
    ]) {
      const answer = await compare(other, ports);
      if (answer.state === 'running') tickets.add(answer.ticket);
    }
    tickets.add(await ticketOf({ ...ports, toolchain: { ...ports.toolchain, steps: 'other' } }));
    expect(tickets.size).toBe(5);
  });

  it('that is done is answered from the store, to whoever asks', async () => {
    const { ports, end, started } = service();
    const ticket = await ticketOf(ports);
    const report = makeReport();
    await end(ticket, { state: 'done', report });
    expect(await statusOf(ticket, ports)).toEqual({ state: 'done', report });
    // Not even the blobs are looked for.
    const store = {
      hasBlob: async () => {
        throw new Error('asked');
      },
    };
    expect(await compare(message, { ...ports, store })).toEqual({ state: 'done', report });
    expect(started).toHaveLength(1);
  });

  it('that failed for its input stays so; after a limit it is tried again', async () => {
    const { ports, end } = service();
    const ticket = await ticketOf(ports);
    await end(ticket, { state: 'failed', error: { code: 4, message: 'too large' } });
    expect(await statusOf(ticket, ports)).toMatchObject({ state: 'failed', error: { code: 4 } });
    const second = await ticketOf(ports);
    expect(second).toBe(ticket.replace(/-1$/, '-2'));
    // What failed was the first attempt.
    expect(await statusOf(second, ports)).toMatchObject({ state: 'running' });
    await end(second, { state: 'failed', error: { code: 2, message: 'no model' } });
    const error = { code: 2, message: 'no model' };
    expect(await compare(message, ports)).toEqual({ state: 'failed', error });
  });

  it('that was stopped from outside says so, and is begun anew', async () => {
    const { ports, running, clock } = service();
    const ticket = await ticketOf(ports);
    running.clear();
    // Step Functions may not know it yet.
    expect(await statusOf(ticket, ports)).toMatchObject({ state: 'running' });
    clock.now += 61_000;
    await expect(statusOf(ticket, ports)).rejects.toThrow('was stopped');
    expect(await ticketOf(ports)).toMatch(/-2$/);
  });

  it('tells how far it is', async () => {
    const { ports, objects } = service();
    const ticket = await ticketOf(ports);
    expect(await statusOf(ticket, ports)).toMatchObject({ progress: 0 });
    const keys = new ExecutionKeys(ticket);
    for (const [round, progress] of [0, 0.2, 0.4].entries())
      await objects.put(keys.round(round), JSON.stringify({ ...FIRST_ROUND, progress }));
    await objects.put(keys.manifest(2), '[]');
    expect(await statusOf(ticket, ports)).toEqual({ state: 'running', ticket, progress: 0.4 });
  });

  it('nobody asked for is not there', async () => {
    const { ports } = service();
    await expect(statusOf(`${'0'.repeat(40)}-1`, ports)).rejects.toThrow('there is no comparison');
  });

  it('whose files do not hold the model is refused', async () => {
    const { ports } = service();
    const files = [{ path: 'b.onnx', digest: digest('b'), bytes: 1 }];
    const other = compare({ ...message, head: { path: 'a.onnx', files } }, ports);
    await expect(other).rejects.toMatchObject({ exitCode: 2, where: 'a.onnx' });
  });
});

it('the report in use, or the nearest names', async () => {
  const objects = new FolderObjects(makeTempDir('test'));
  await publishFake(objects, 'team/digits', { day: 1, bytes: 77 });
  expect(await publishedReport('team/digits', objects)).toMatchObject({
    state: 'done',
    report: { models: [{ variants: [{ size: { bytes: 77 } }] }] },
  });
  await expect(publishedReport('digits', objects)).rejects.toThrow('team/digits');
});
