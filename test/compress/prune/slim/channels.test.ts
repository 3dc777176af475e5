import { describe, expect, it } from 'vitest';
import { Channels } from '../../../../shared/compress/prune/slim/channels.ts';

describe('Channels', () => {
  it('are numbered from 0, and stand for themselves', () => {
    const channels = new Channels();
    expect([...channels.fresh(2), ...channels.fresh(3000)].slice(0, 4)).toEqual([0, 1, 2, 3]);
    expect(channels.count).toBe(3002);
    expect([channels.find(1), channels.find(3001)]).toEqual([1, 3001]);
  });

  it('are joined, the oldest standing for all, in whatever order', () => {
    const channels = new Channels();
    const [a, b, c] = [channels.fresh(2), channels.fresh(2), channels.fresh(2)];
    channels.joinAll(b, c);
    channels.joinAll(c, a);
    expect([...a, ...b, ...c].map((channel) => channels.find(channel))).toEqual([0, 1, 0, 1, 0, 1]);
  });

  it('stay for the first reason, and so does all that is joined', () => {
    const channels = new Channels();
    const [a = 0, b = 0, c = 0] = channels.fresh(3);
    channels.keep(b, 'first');
    channels.keep(b, 'second');
    channels.join(a, b);
    expect([a, b, c].map((channel) => channels.reasonOf(channel))).toEqual([
      'first',
      'first',
      undefined,
    ]);
    channels.keepAll(Int32Array.of(a, c), 'third');
    expect([channels.reasonOf(a), channels.reasonOf(c)]).toEqual(['first', 'third']);
  });
});
