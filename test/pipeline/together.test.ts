import { describe, expect, it } from 'vitest';
import { atOnce, inTurn } from '../../shared/pipeline/together.ts';

/** Works that say when they begin and end; the first takes longest. */
function works(said: string[], failing: readonly number[] = []) {
  return [0, 1, 2].map((index) => async () => {
    said.push(`begin ${index}`);
    for (let turn = 0; turn < 9 - 3 * index; turn++) await Promise.resolve();
    if (failing.includes(index)) throw new Error(`work ${index}`);
    said.push(`end ${index}`);
    return index;
  });
}

describe('in turn', () => {
  it('one ends before the next begins', async () => {
    const said: string[] = [];
    expect(await inTurn(works(said))).toEqual([0, 1, 2]);
    expect(said.join()).toBe('begin 0,end 0,begin 1,end 1,begin 2,end 2');
  });

  it('nothing begins after an error', async () => {
    const said: string[] = [];
    await expect(inTurn(works(said, [1]))).rejects.toThrow('work 1');
    expect(said).not.toContain('begin 2');
  });
});

describe('at once', () => {
  it('all begin before one ends, and results keep the order', async () => {
    const said: string[] = [];
    expect(await atOnce(works(said))).toEqual([0, 1, 2]);
    expect(said.slice(0, 3).join()).toBe('begin 0,begin 1,begin 2');
    expect(said.indexOf('end 2')).toBeLessThan(said.indexOf('end 0'));
  });

  it('others go on to their end after an error, and the first in order is thrown', async () => {
    const said: string[] = [];
    await expect(atOnce(works(said, [0, 2]))).rejects.toThrow('work 0');
    expect(said).toContain('end 1');
  });
});
