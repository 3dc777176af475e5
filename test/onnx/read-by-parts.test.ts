import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LimitError, ModelError } from '../../shared/base/errors.ts';
import { makeTempDir } from '../../shared/base/files.ts';
import { computedTensor } from '../../shared/onnx/make-tensor.ts';
import type { RemoteBytes } from '../../shared/onnx/partial-source.ts';
import { readByParts } from '../../shared/onnx/read-by-parts.ts';
import { externalLocationsOf, readExternalLocations } from '../../shared/onnx/read-model.ts';
import { writeModel } from '../../shared/onnx/write-model.ts';
import { graph, model, node } from './_build.ts';

/** A file that counts what is fetched of it. */
function _remote(bytes: Uint8Array): RemoteBytes & { readonly fetched: [number, number][] } {
  const fetched: [number, number][] = [];
  return {
    name: 'remote',
    size: bytes.length,
    fetched,
    fetch: async (offset, length) => {
      fetched.push([offset, length]);
      return bytes.slice(offset, offset + length);
    },
  };
}

const BYTES = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);

describe('any reader', () => {
  test('gets the bytes that it asks for, whatever the chunks', async () => {
    for (const chunkBytes of [1, 7, 100, 999, 1000, 5000]) {
      const found = await readByParts(
        _remote(BYTES),
        (source) => [source.read(0, 10), source.read(490, 300), source.read(999, 1)],
        { chunkBytes },
      );
      expect(found).toEqual([BYTES.slice(0, 10), BYTES.slice(490, 790), BYTES.slice(999)]);
    }
  });

  test('fetches nothing between, nothing twice, and more at once of what follows', async () => {
    const remote = _remote(BYTES);
    await readByParts(remote, (source) => source.read(0, 5).length + source.read(950, 5).length, {
      chunkBytes: 100,
    });
    expect(remote.fetched).toEqual([
      [0, 100],
      [900, 100],
    ]);
    const whole = _remote(BYTES);
    const each = Array.from({ length: 1000 }, (_, index) => index);
    await readByParts(whole, (source) => each.map((at) => source.read(at, 1)), { chunkBytes: 10 });
    expect(whole.fetched.slice(0, 3)).toEqual([
      [0, 10],
      [10, 20],
      [30, 40],
    ]);
    expect(whole.fetched.reduce((sum, [, length]) => sum + length, 0)).toBe(1000);
  });

  test('fails as it does on a file, also where it hides what is missing', async () => {
    const outside = readByParts(_remote(BYTES), (source) => source.read(990, 20));
    await expect(outside).rejects.toThrow(ModelError);
    const hides = await readByParts(_remote(BYTES), (source) => {
      try {
        return source.read(3, 1)[0];
      } catch {
        return 'hidden';
      }
    });
    expect(hides).toBe(3);
    const much = readByParts(_remote(BYTES), (source) => source.read(0, 900), {
      chunkBytes: 10,
      maxBytes: 500,
    });
    await expect(much).rejects.toThrow(LimitError);
  });
});

test('the external files of a model, by reading its header between weights', async () => {
  const tensors = Array.from({ length: 40 }, (_, index) =>
    computedTensor(`w${index}`, 'uint8', [200_000], () => new Uint8Array(200_000)),
  );
  const heavy = model(
    graph([node('Add', ['x', 'w0'], ['y'])], ['x'], ['y'], {
      initializers: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    }),
  );
  const path = join(makeTempDir('parts'), 'm.onnx');
  writeModel(heavy, path);
  const inside = _remote(readFileSync(path));
  expect(await readByParts(inside, externalLocationsOf, { chunkBytes: 8192 })).toEqual([]);
  expect(inside.fetched.reduce((sum, [, length]) => sum + length, 0)).toBeLessThan(
    statSync(path).size / 8,
  );
  writeModel(heavy, path, { external: 'always' });
  const apart = _remote(readFileSync(path));
  expect(await readByParts(apart, externalLocationsOf)).toEqual(readExternalLocations(path));
  expect(readExternalLocations(path)).toEqual(['m.onnx.data']);
  const broken = readByParts(_remote(readFileSync(path).subarray(0, 900)), externalLocationsOf);
  await expect(broken).rejects.toThrow(ModelError);
});
