import { copyFileSync, statSync, writeFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestBytes, digestFile, filesBelow } from '../../../shared/base/digest.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { identifySource, openSource } from '../../../shared/formats/open-source.ts';
import { openData } from '../../../shared/measure/data/open.ts';
import { fedInputs } from '../../../shared/onnx/fed-inputs.ts';
import {
  type RemoteFile,
  RemoteFolder,
  type RemoteLimits,
} from '../../../shared/pipeline/distributed/remote-folder.ts';
import { npy, npyBytes, writeNpz } from '../../measure/data/numpy-files.ts';
import { EXAMPLES } from '../inline-context.ts';

const FIXTURES = 'test/fixtures/tensorflow/digits_cnn';

interface Remote {
  readonly folder: string;
  readonly remote: RemoteFolder;
  /** Bytes, by path. */
  readonly read: Record<string, number>;
}

/** The file or folder as if it lay elsewhere. */
async function _away(path: string, limits: RemoteLimits = { wholeBytes: 0 }): Promise<Remote> {
  const root = statSync(path).isDirectory() ? path : dirname(path);
  const names = root === path ? await filesBelow(root) : [basename(path)];
  const read: Record<string, number> = {};
  const count = (name: string, bytes: number): void => {
    read[name] = (read[name] ?? 0) + bytes;
  };
  const files = names.map((name): RemoteFile => {
    const from = join(root, name);
    const bytes = statSync(from).size;
    return {
      path: name,
      bytes,
      fetch: async (offset, length) => {
        count(name, length);
        return (await readFile(from)).subarray(offset, offset + length);
      },
      download: async (to) => {
        count(name, bytes);
        copyFileSync(from, to);
      },
      digest: () => digestFile(from),
    };
  });
  const folder = makeTempDir('test');
  return { folder, remote: await RemoteFolder.layOut(files, folder, limits), read };
}

describe('a model of any format is told and read without being here', () => {
  it.each([
    'model.onnx',
    'model.keras',
    'model_keras3.h5',
    'model_f16.tflite',
    'frozen.pb',
    'saved_raw',
    'tfjs_graph',
    'tfjs_layers',
  ])('%s', async (name) => {
    const path = join(FIXTURES, name);
    const { folder, remote } = await _away(path);
    const away = statSync(path).isDirectory() ? folder : join(folder, name);
    const known = await identifySource(path);
    const found = await remote.look((access) => identifySource(away, name, undefined, access));
    expect(found).toMatchObject({ format: known.format, digest: known.digest, bytes: known.bytes });
    const inputsOf = async (at: string, open?: Parameters<typeof openSource>[1]['open']) => {
      using opened = await openSource(at, { shown: name, ...(open && { open }) });
      return fedInputs(opened.model);
    };
    expect(await remote.look(({ open }) => inputsOf(away, open))).toEqual(await inputsOf(path));
  });
});

describe('samples', () => {
  const made = makeTempDir('test');
  const images = Float32Array.from({ length: 640 }, (_, index) => index / 640);
  writeFileSync(join(made, 'x.npy'), npyBytes(npy([10, 8, 8, 1], images)));
  writeNpz(join(made, 'stored.npz'), { x: npy([10, 8, 8, 1], images) }, { compressed: false });

  it.each([join(EXAMPLES, 'test.npz'), join(made, 'stored.npz'), join(made, 'x.npy')])(
    'of %s are read by ranges',
    async (from) => {
      const { folder, remote } = await _away(from);
      const path = join(folder, basename(from));
      using model = await openSource(join(EXAMPLES, 'digits.onnx'), { shown: 'digits' });
      const inputs = fedInputs(model.model);
      const contentsDigest = digestBytes('');
      const first = await remote.look(async (access) => {
        const data = await openData({ path }, inputs, { access, contentsDigest });
        try {
          return [await data.sample(0), data.label(0), data.length];
        } finally {
          await data.close();
        }
      });
      const here = await openData({ path: from }, inputs);
      expect(first).toEqual([await here.sample(0), here.label(0), here.length]);
      await here.close();
    },
  );
});

it('small files are fetched, in their order, while there is room', async () => {
  const limits = { wholeBytes: 100_000, maxWholeBytes: 20_000 };
  const { folder, remote, read } = await _away(join(FIXTURES, 'saved_raw'), limits);
  const names = Object.keys(read);
  expect(names.length).toBeGreaterThan(0);
  const all = await filesBelow(folder);
  expect(names.length).toBeLessThan(all.length);
  for (const name of all) {
    const path = join(folder, name);
    const { size, mode } = await stat(path);
    expect(size).toBe(statSync(join(FIXTURES, 'saved_raw', name)).size);
    const isHere = await remote.look(async (access) => access.isHere(path));
    expect(isHere).toBe(names.includes(name));
    // What stands for another is nobody's to open.
    if (!isHere) expect(mode & 0o777).toBe(0);
  }
  const bytes = Object.values(read).reduce((sum, one) => sum + one, 0);
  expect(bytes).toBeLessThanOrEqual(20_000);
});

it('gives up what takes more than there is room for', async () => {
  const { folder, remote } = await _away(join(FIXTURES, 'frozen.pb'), {
    wholeBytes: 0,
    maxRangeBytes: 1000,
  });
  const look = remote.look(({ open }) =>
    openSource(join(folder, 'frozen.pb'), { shown: 'frozen.pb', open }),
  );
  await expect(look).rejects.toMatchObject({ exitCode: 4 });
});

it('gives up what takes too long, and looks at other things afterwards', async () => {
  const limits = { wholeBytes: 0, maxLookSeconds: 0 };
  const { folder, remote } = await _away(join(FIXTURES, 'model.keras'), limits);
  const look = (...places: number[]) =>
    remote.look(async ({ open }) => {
      const source = open(join(folder, 'model.keras'));
      return places.map((at) => source.read(at, 1).length);
    });
  await expect(look(0, 90_000)).rejects.toMatchObject({ exitCode: 4 });
  expect(await look(0)).toEqual([1]);
  expect(await look(90_000)).toEqual([1]);
});

it('digests are told once, whoever asks and however often', async () => {
  let count = 0;
  const file: RemoteFile = {
    ...{ path: 'x', bytes: 100 },
    fetch: async (_, length) => new Uint8Array(length),
    download: async () => expect.fail('it was fetched'),
    digest: async () => digestBytes(String(count++)),
  };
  const folder = makeTempDir('test');
  const remote = await RemoteFolder.layOut([file], folder, { wholeBytes: 0 });
  const path = join(folder, 'x');
  const found = await remote.look(async ({ digest, open }) => {
    const [first, second] = await Promise.all([digest(path), digest(path)]);
    return [first, second, open(path).read(50, 10).length];
  });
  expect(found).toEqual([digestBytes('0'), digestBytes('0'), 10]);
});
