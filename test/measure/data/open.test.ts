import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../shared/base/brand.ts';
import { digestFile } from '../../../shared/base/digest.ts';
import { openData } from '../../../shared/measure/data/open.ts';
import { input } from './inputs.ts';
import { npy, npyBytes, writeNpz } from './numpy-files.ts';
import { useTempFolder } from './temp-folder.ts';

const temp = useTempFolder();
const image = [input('image', 'float32', ['N', 2])];
const digits = 'test/fixtures/saturating-digits/test.npz';

describe('openData', () => {
  it('opens speech frames with state and golden outputs, as NumPy wrote them', async () => {
    const inputs = [
      input('input', 'float32', ['N', 'T']),
      input('sr', 'int64', []),
      input('h', 'float32', [2, 'N', 64]),
      input('c', 'float32', [2, 'N', 64]),
    ];
    const data = await openData({ path: 'test/fixtures/speech-frames/frames.npz' }, inputs, {
      outputs: [input('output', 'float32', ['N', 1])],
    });
    expect(data).toMatchObject({ length: 416, hasLabels: true, notes: [] });
    const sample = await data.sample(415);
    expect(
      Object.fromEntries(Object.entries(sample).map(([name, { dims }]) => [name, dims])),
    ).toEqual({ input: [1, 1536], sr: [], h: [2, 1, 64], c: [2, 1, 64] });
    expect(data.goldenOutputs?.output(3).output?.dims).toEqual([1, 1]);
    const golden = Array.from(
      { length: 416 },
      (_, i) => Number(data.goldenOutputs?.output(i).output?.data[0]) > 0.5,
    );
    expect(golden.filter((speech, i) => speech === (data.label(i) === 1)).length).toBe(408);
    await data.close();
  });

  it('has a digest of the bytes and the labels', async () => {
    writeNpz(temp('a.npz'), { x: npy([2, 2], Float32Array.of(1, 2, 3, 4)) });
    writeFileSync(temp('labels.json'), '["a","b"]');
    const plain = await openData({ path: temp('a.npz') }, image);
    copyFileSync(temp('a.npz'), temp('copy.npz'));
    const labelled = await openData({ path: temp('copy.npz'), labels: temp('labels.json') }, image);
    expect((await openData({ path: temp('copy.npz') }, image)).digest).toBe(plain.digest);
    expect(labelled.digest).not.toBe(plain.digest);
    expect(labelled.label(1)).toBe('b');
    expect(plain.hasLabels).toBe(false);
  });

  it('does not hash what has a digest already', async () => {
    const inputs = [input('x', 'float32', ['N', 1, 16, 16])];
    const plain = await openData({ path: digits }, inputs);
    const contentsDigest = await digestFile(digits);
    expect((await openData({ path: digits }, inputs, { contentsDigest })).digest).toBe(
      plain.digest,
    );
    const other = 'sha256:00' as Digest;
    expect((await openData({ path: digits }, inputs, { contentsDigest: other })).digest).not.toBe(
      plain.digest,
    );
  });

  it('takes the form from the suffix of a pointer or an address', async () => {
    const bytes = readFileSync(digits);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const objects = temp(`.git/lfs/objects/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}`);
    mkdirSync(objects, { recursive: true });
    writeFileSync(`${objects}/${sha256}`, bytes);
    writeFileSync(
      temp('pointer.npz'),
      `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${bytes.length}\n`,
    );
    const inputs = [input('x', 'float32', ['N', 1, 16, 16])];
    const fromPointer = await openData({ path: temp('pointer.npz') }, inputs);
    async function* stream() {
      yield bytes;
    }
    const fetch = { s3: async () => stream() };
    const fromAddress = await openData({ path: 's3://b/t.npz', sha256 }, inputs, {
      fetch,
      cacheFolder: temp('cache'),
    });
    const plain = await openData({ path: digits }, inputs);
    expect([fromPointer.length, fromAddress.length]).toEqual([500, 500]);
    expect([fromPointer.digest, fromAddress.digest]).toEqual([plain.digest, plain.digest]);
  });

  it('knows a file without a suffix by its bytes', async () => {
    const features = [input('x', 'float32', ['N', 2])];
    writeNpz(temp('blob1'), { x: npy([2, 2], new Float32Array(4)) });
    writeFileSync(temp('blob2'), npyBytes(npy([2, 2], new Float32Array(4))));
    writeFileSync(temp('blob3'), '{"x":[1,2]}\n{"x":[3,4]}\n');
    writeFileSync(temp('blob4'), 'a,b\n1,2\n3,4\n');
    for (const name of ['blob1', 'blob2', 'blob3', 'blob4']) {
      expect((await openData({ path: temp(name) }, features)).length, name).toBe(2);
    }
    writeFileSync(temp('blob5'), 'just words');
    await expect(openData({ path: temp('blob5') }, features)).rejects.toThrow(/is no data/);
  });

  it('names the sample, input and element of a NaN or infinity', async () => {
    writeNpz(temp('nan.npz'), {
      x: npy([3, 2], Float32Array.of(1, 2, 3, Number.NaN, 5, Number.NEGATIVE_INFINITY)),
    });
    const data = await openData({ path: temp('nan.npz') }, image);
    await data.sample(0);
    await expect(data.sample(1)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/nan\.npz: input "image", sample 1 holds NaN at element 1/),
    });
    await expect(data.sample(2)).rejects.toThrow(/sample 2 holds -Infinity at element 1/);
    const half = { descr: '<f2', shape: [1, 2], bytes: Uint8Array.of(0, 0x3c, 0, 0x7e) };
    writeNpz(temp('half.npz'), { x: half });
    const halves = await openData({ path: temp('half.npz') }, [input('x', 'float16', ['N', 2])]);
    await expect(halves.sample(0)).rejects.toThrow(/sample 0 holds NaN or infinity at element 1/);
  });

  it('names the sample whose value the input cannot hold', async () => {
    writeNpz(temp('lossy.npz'), { x: npy([2, 2], Float32Array.of(1, 2, 3, 0.25)) });
    const data = await openData({ path: temp('lossy.npz') }, [input('image', 'int64', ['N', 2])]);
    await expect(data.sample(1)).rejects.toThrow(
      /array "x", sample 1, holds 0\.25, which is no int64 value/,
    );
  });

  it('refuses what is no data, wherever labels lie, and numbers of samples that do not exist', async () => {
    writeFileSync(temp('model.pkl'), 'x');
    await expect(openData({ path: temp('model.pkl') }, image)).rejects.toMatchObject({
      exitCode: 2,
      hint: expect.stringContaining('.npz'),
    });
    await expect(openData({ path: temp('none.npz') }, image)).rejects.toThrow(
      /none\.npz does not exist/,
    );
    writeNpz(temp('b.npz'), { x: npy([2, 2], new Float32Array(4)) });
    await expect(openData({ path: temp('b.npz'), labels: temp('no.json') }, image)).rejects.toThrow(
      /no\.json does not exist/,
    );
    const data = await openData({ path: temp('b.npz') }, image);
    await expect(data.sample(2)).rejects.toThrow(RangeError);
  });
});
