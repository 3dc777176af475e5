import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { FettleError } from '../../../shared/base/errors.ts';
import { openNpz } from '../../../shared/measure/data/npz.ts';
import { npy, npyBytes, writeNpz } from './numpy-files.ts';
import { useTempFolder } from './temp-folder.ts';

const temp = useTempFolder();
vi.stubEnv('TMPDIR', temp());
// Test files share processes.
afterAll(() => vi.unstubAllEnvs());

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function bufferBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

/** Buffers are freed by another thread, a while after their collection: asks until none are any more. */
async function settledBufferBytes(): Promise<number> {
  let least = bufferBytes();
  for (let same = 0; same < 3; ) {
    await setTimeout(20);
    const now = bufferBytes();
    same = now < least ? 0 : same + 1;
    least = Math.min(least, now);
  }
  return least;
}

describe('openNpz', () => {
  it.each([true, false])('reads entries, compressed: %s', async (compressed) => {
    const path = temp(`${compressed}.npz`);
    writeNpz(
      path,
      { a: npy([2, 2], Float32Array.of(1, 2, 3, 4)), 'b/c': npy([], BigInt64Array.of(7n)) },
      { compressed },
    );
    const file = await openNpz(path, 'shown.npz');
    expect(file.names).toEqual(['a', 'b/c']);
    const a = await file.open('a');
    expect(a.name).toBe('shown.npz: array "a"');
    expect(a.slice(0, 1, 1).data).toEqual(Float32Array.of(3, 4));
    expect((await file.open('b/c')).slice(0, 0, 1).data).toEqual(BigInt64Array.of(7n));
    await file.close();
  });

  it('reads what NumPy itself wrote', async () => {
    const file = await openNpz('test/fixtures/speech-frames/frames.npz', 'frames.npz');
    expect(file.names).toEqual(['sr', 'input', 'h', 'c', 'y', 'output']);
    const h = await file.open('h');
    expect(h).toMatchObject({ type: 'float32', dims: [416, 2, 1, 64] });
    expect((await file.open('sr')).slice(0, 0, 1)).toEqual({
      type: 'int64',
      dims: [],
      data: BigInt64Array.of(16000n),
    });
    await file.close();
  });

  it('inflates a large array to a file, which goes on close', async () => {
    const path = temp('large.npz');
    const large = new Float32Array(5_000_000).fill(3);
    writeNpz(path, { large: npy([5_000_000], large) });
    const file = await openNpz(path, 'large.npz');
    const folders = () => readdirSync(temp()).filter((name) => name.startsWith('fettle-data-'));
    const before = await settledBufferBytes();
    const array = await file.open('large');
    expect(folders().length).toBe(1);
    expect(array.slice(0, 4_999_999, 1).data).toEqual(Float32Array.of(3));
    // The array has 20 MB. Only what is held stays: it is in no buffer a moment later.
    await vi.waitFor(() => expect(bufferBytes() - before).toBeLessThan(1e6), {
      timeout: 2000,
      interval: 20,
    });
    expect(array.slice(0, 0, 1).data).toEqual(Float32Array.of(3));
    array.close();
    expect(folders()).toEqual([]);
    await file.close();
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      'no zip',
      new TextEncoder().encode('hello, this is no zip file at all'),
      /is damaged or truncated/,
    ],
    ['empty', new Uint8Array(0), /is damaged or truncated/],
    ['no array', zipSync({ 'readme.txt': new Uint8Array(3) }), /without a \.npy array/],
  ])('refuses %s', async (name, bytes, message) => {
    writeFileSync(temp(name), bytes);
    await expect(openNpz(temp(name), 'x.npz')).rejects.toThrow(message);
  });

  it('refuses a wrong checksum', async () => {
    const deflated = zipSync({ 'a.npy': npyBytes(npy([64], new Float32Array(64))) }, { level: 6 });
    // The checksum in the central directory, at offset 16 of the entry.
    const signature = [0x50, 0x4b, 1, 2];
    const at = deflated.findIndex((_, i) => signature.every((byte, k) => deflated[i + k] === byte));
    expect(at).toBeGreaterThan(0);
    deflated[at + 16] = (deflated[at + 16] ?? 0) ^ 1;
    writeFileSync(temp('crc.npz'), deflated);
    const file = await openNpz(temp('crc.npz'), 'crc.npz');
    await expect(file.open('a')).rejects.toThrow(/crc\.npz: array "a" is damaged: its checksum/);
    await file.close();
  });

  it('refuses a flipped byte of a stored array, each time', async () => {
    const path = temp('flipped.npz');
    writeNpz(path, { a: npy([64], new Float32Array(64)) }, { compressed: false });
    const bytes = readFileSync(path);
    bytes[250] = (bytes[250] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const file = await openNpz(path, 'flipped.npz');
    for (let time = 0; time < 2; time++)
      await expect(file.open('a')).rejects.toThrow(/array "a" is damaged: its checksum is wrong/);
    await file.close();
  });

  it('refuses a missing file', async () => {
    await expect(openNpz(temp('none.npz'), 'none.npz')).rejects.toThrow(/none\.npz does not exist/);
  });

  it('gives an error of ours for every truncation and any flipped byte', async () => {
    writeNpz(temp('good.npz'), {
      a: npy([3, 5], new Float32Array(15)),
      y: npy([3], new Uint8Array(3)),
    });
    const good = readFileSync(temp('good.npz'));
    const readAll = async (bytes: Uint8Array): Promise<void> => {
      writeFileSync(temp('bad.npz'), bytes);
      try {
        const file = await openNpz(temp('bad.npz'), 'bad.npz');
        try {
          for (const name of file.names) {
            const array = await file.open(name);
            if ((array.dims[0] ?? 0) > 0) array.slice(0, 0, 1);
            array.close();
          }
        } finally {
          await file.close();
        }
      } catch (error) {
        expect(error).toBeInstanceOf(FettleError);
      }
    };
    for (let length = 0; length < good.length; length += 7) await readAll(good.subarray(0, length));
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(255), async (at, byte) => {
        const bytes = Uint8Array.from(good);
        bytes[at] = byte;
        await readAll(bytes);
      }),
      { numRuns: 150, seed: 3 },
    );
  });
});
