import { describe, expect, it } from 'vitest';
import { Queue, type QueueOptions } from './queue.ts';

/** A second of a queue is 10 ms. */
const queue = (options: Partial<QueueOptions> = {}) =>
  new Queue({ arn: 'arn:aws:sqs:us-east-1:123456789012:jobs', timeScale: 0.01, ...options });
const bodies = (received: readonly { message: { body: string } }[]): string =>
  received.map(({ message }) => message.body).join('');
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('a queue', () => {
  it('gives what was sent, in batches, and not twice while somebody holds it', async () => {
    const jobs = queue();
    for (const body of 'abc') jobs.send(body);
    expect(bodies(await jobs.receive({ max: 2 }))).toBe('ab');
    expect(bodies(await jobs.receive({ max: 2 }))).toBe('c');
    expect(bodies(await jobs.receive({ max: 2 }))).toBe('');
    expect(jobs.counts).toEqual({ visible: 0, invisible: 3 });
  });

  it('gives a message again that was not deleted in time, under another handle', async () => {
    const jobs = queue({ visibilityTimeout: 1 });
    jobs.send('a');
    const [first] = await jobs.receive();
    const [second] = await jobs.receive({ waitSeconds: 100 });
    expect(second?.message).toMatchObject({ body: 'a', receiveCount: 2 });
    expect(jobs.delete(first?.receiptHandle ?? '')).toBe(false);
    expect(jobs.delete(second?.receiptHandle ?? '')).toBe(true);
    expect(jobs.counts).toEqual({ visible: 0, invisible: 0 });
  });

  it('moves what was received too often to the dead-letter queue', async () => {
    const dead = queue();
    const jobs = queue({ deadLetter: { queue: dead, maxReceiveCount: 2 } });
    jobs.send('a');
    for (let time = 0; time < 2; time++) {
      const [received] = await jobs.receive();
      jobs.changeVisibility(received?.receiptHandle ?? '', 0);
    }
    expect(await jobs.receive()).toEqual([]);
    expect(bodies(await dead.receive())).toBe('a');
    expect(jobs.counts).toEqual({ visible: 0, invisible: 0 });
  });

  it('keeps a message back for its delay', async () => {
    const jobs = queue({ delay: 2 });
    jobs.send('late');
    jobs.send('now', 0);
    expect(bodies(await jobs.receive({ max: 2 }))).toBe('now');
    expect(bodies(await jobs.receive({ max: 2, waitSeconds: 100 }))).toBe('late');
  });

  it('wakes who waits when a message comes, and lets go at the signal', async () => {
    const jobs = queue();
    const stop = new AbortController();
    const waiting = jobs.receive({ waitSeconds: 1000, signal: stop.signal });
    await pause(1);
    jobs.send('a');
    expect(bodies(await waiting)).toBe('a');
    const second = jobs.receive({ waitSeconds: 1000, signal: stop.signal });
    stop.abort();
    expect(await second).toEqual([]);
  });

  it('refuses a message that is empty or too large', () => {
    expect(() => queue().send('')).toThrow();
    expect(() => queue().send('x'.repeat(256 * 1024 + 1))).toThrow();
  });
});
