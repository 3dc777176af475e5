import { afterAll, describe, expect, it } from 'vitest';
import { RuntimeLostError, RuntimeProcess } from '../../shared/runtime/runtime-process.ts';
import {
  closeSharedProcess,
  onProcess,
  sharedProcess,
} from '../../shared/runtime/shared-process.ts';

afterAll(closeSharedProcess);

describe('sharedProcess', () => {
  it('is one child until it is gone, then another', async () => {
    const first = sharedProcess();
    expect(sharedProcess()).toBe(first);
    await closeSharedProcess();
    expect(first.alive).toBe(false);
    expect(sharedProcess()).not.toBe(first);
  });
});

describe('onProcess', () => {
  it('asks again when the shared child is lost to something else', async () => {
    let attempts = 0;
    const answer = await onProcess(undefined, async (process) => {
      if (++attempts < 3) throw new RuntimeLostError('lost');
      return process === sharedProcess();
    });
    expect([answer, attempts]).toEqual([true, 3]);
  });

  it('gives up in the end, and at once on other errors', async () => {
    let attempts = 0;
    const lose = () => {
      attempts++;
      return Promise.reject(new RuntimeLostError('lost'));
    };
    await expect(onProcess(undefined, lose)).rejects.toThrow('lost');
    expect(attempts).toBe(4);
    await expect(onProcess(undefined, () => Promise.reject(new Error('bad')))).rejects.toThrow(
      'bad',
    );
  });

  it('does not go elsewhere than to the child that was given', async () => {
    await using given = new RuntimeProcess();
    let attempts = 0;
    const lose = () => {
      attempts++;
      return Promise.reject(new RuntimeLostError('lost'));
    };
    await expect(onProcess(given, lose)).rejects.toThrow('lost');
    expect(attempts).toBe(1);
  });
});
