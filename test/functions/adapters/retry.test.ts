import { S3ServiceException } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { inParallel, isPassing, persistently } from '../../../functions/adapters/retry.ts';

const refused = (status: number): S3ServiceException =>
  new S3ServiceException({
    name: 'Refused',
    $fault: 'server',
    $metadata: { httpStatusCode: status },
  });

const broken = (code: string): Error => Object.assign(new Error('broken'), { code });

describe('isPassing', () => {
  it.each([
    [refused(503), true],
    [refused(500), true],
    [refused(429), true],
    [refused(200), true],
    [refused(403), false],
    [refused(412), false],
    [broken('ECONNRESET'), true],
    [broken('ENOSPC'), false],
    [new Error('aborted'), true],
    [new TypeError('x is not a function'), false],
    ['text', false],
  ])('%s: %s', (error, expected) => {
    expect(isPassing(error)).toBe(expected);
  });
});

describe('persistently', () => {
  it('tries again what passes', async () => {
    const result = await persistently(
      async (tried) => {
        if (tried < 3) throw refused(503);
        return tried;
      },
      { firstPauseMs: 1 },
    );
    expect(result).toBe(3);
  });

  it('gives up at once what does not, and in the end what does', async () => {
    let calls = 0;
    const failing = (status: number) =>
      persistently(
        async () => {
          calls += 1;
          throw refused(status);
        },
        { attempts: 4, firstPauseMs: 1 },
      );
    await expect(failing(403)).rejects.toThrow();
    expect(calls).toBe(1);
    await expect(failing(503)).rejects.toThrow();
    expect(calls).toBe(5);
  });
});

describe('inParallel', () => {
  it('keeps the order and the limit', async () => {
    let running = 0;
    let most = 0;
    const results = await inParallel([5, 1, 3, 2, 4], 2, async (item, index) => {
      most = Math.max(most, ++running);
      await new Promise((done) => setTimeout(done, item));
      running -= 1;
      return `${index}:${item}`;
    });
    expect(results).toEqual(['0:5', '1:1', '2:3', '3:2', '4:4']);
    expect(most).toBe(2);
    expect(await inParallel([], 4, async () => 1)).toEqual([]);
  });

  it('ends when all have ended', async () => {
    let hasEnded = false;
    const work = inParallel([0, 1], 2, async (item) => {
      if (item === 0) throw new Error('no');
      await new Promise((done) => setTimeout(done, 10));
      hasEnded = true;
    });
    await expect(work).rejects.toThrow('no');
    expect(hasEnded).toBe(true);
  });

  it('begins nothing after a failure', async () => {
    const begun: number[] = [];
    const work = inParallel([0, 1, 2, 3, 4], 1, async (item) => {
      begun.push(item);
      if (item === 1) throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(begun).toEqual([0, 1]);
  });
});
