import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { InputError, ModelError } from '../../shared/base/errors.ts';
import { memorySource } from '../../shared/onnx/byte-source.ts';
import { computedTensor } from '../../shared/onnx/make-tensor.ts';
import {
  decodeModel,
  openModel,
  readExternalLocations,
  readModel,
} from '../../shared/onnx/read-model.ts';
import type { ByteSource } from '../../shared/onnx/stored-tensor.ts';
import { readRaw } from '../../shared/onnx/tensor-data.ts';
import { encodeModel, writeModel } from '../../shared/onnx/write-model.ts';
import { graph, model, node } from './_build.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-read-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A model of a few nodes and 5 MB of weights. */
const heavy = model(
  graph([node('Add', ['x', 'w0'], ['y'])], ['x'], ['y'], {
    initializers: new Map(
      [0, 1, 2, 3, 4].map((index) => {
        const weight = computedTensor(`w${index}`, 'uint8', [1_000_000], () =>
          new Uint8Array(1_000_000).fill(index),
        );
        return [weight.name, weight];
      }),
    ),
  }),
);

/** Counts what is read. */
function counting(bytes: Uint8Array): { source: ByteSource; read: () => number } {
  const inner = memorySource(bytes);
  let count = 0;
  const source: ByteSource = {
    name: 'counted',
    size: inner.size,
    read: (offset, length) => {
      count += length;
      return inner.read(offset, length);
    },
    readInto: (target, offset) => {
      count += target.length;
      inner.readInto(target, offset);
    },
    close: () => {},
  };
  return { source, read: () => count };
}

it('leaves weights unread until they are asked for', () => {
  const { source, read } = counting(encodeModel(heavy));
  const opened = readModel(source);
  expect(read()).toBeLessThan(50_000);
  const weight = opened.graph.initializers.get('w3');
  expect(weight && readRaw(weight).every((byte) => byte === 3)).toBe(true);
  expect(read()).toBeLessThan(1_050_000);
});

it('reads a single file beyond 4 GB', () => {
  // Two tensors, the first of which is a hole of five billion bytes.
  const bytes = 5_000_000_000;
  const varint = (value: number): number[] =>
    value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
  const start = [0x08, ...varint(bytes), 0x10, 2, 0x42, 1, 97, 0x4a, ...varint(bytes)];
  const second = [0x2a, 10, 0x08, 1, 0x10, 2, 0x42, 1, 98, 0x4a, 1, 77];
  const tensor = [0x2a, ...varint(start.length + bytes), ...start];
  const head = [8, 8, 0x3a, ...varint(tensor.length + bytes + second.length), ...tensor];
  const path = join(folder, 'beyond.onnx');
  writeFileSync(path, Uint8Array.from(head));
  truncateSync(path, head.length + bytes);
  appendFileSync(path, Uint8Array.from(second));
  using opened = openModel(path);
  const [first, last] = [...opened.model.graph.initializers.values()];
  expect(first?.dims).toEqual([bytes]);
  expect(last && readRaw(last)).toEqual(Uint8Array.of(77));
});

it('closes the files of a model, its weights are gone then', () => {
  const path = join(folder, 'heavy.onnx');
  writeModel(heavy, path, { external: 'always' });
  const opened = openModel(path);
  const weight = opened.model.graph.initializers.get('w1');
  if (!weight) throw new Error('the weight is missing');
  expect(readRaw(weight)[0]).toBe(1);
  opened.close();
  expect(() => readRaw(weight)).toThrow(InputError);
});

it('refuses what is empty, no file or no ONNX', () => {
  const at = (content: string): string => {
    const path = join(folder, 'other.onnx');
    writeFileSync(path, content);
    return path;
  };
  expect(() => openModel(at(''))).toThrow('is empty');
  expect(() => openModel(at('%PDF-1.7 and so on'))).toThrow(ModelError);
  expect(() => openModel(at('version https://git-lfs'))).toThrow('no valid ONNX file');
  expect(() => openModel(folder)).toThrow(InputError);
  expect(() => openModel(join(folder, 'none.onnx'))).toThrow('does not exist');
  expect(() => decodeModel(Uint8Array.of(8, 8))).toThrow('has no graph');
});

it('refuses external data of a model in memory, unless it is told the folder', () => {
  const path = join(folder, 'heavy.onnx');
  writeModel(heavy, path, { external: 'always' });
  using opened = openModel(path);
  const bytes = memorySource(readFileSync(path));
  expect(() => readModel(bytes)).toThrow('not read from a folder');
  const again = readModel(bytes, { folder });
  expect(Buffer.compare(encodeModel(again), encodeModel(opened.model))).toBe(0);
});

it('names the files of weights without opening them', () => {
  const path = join(folder, 'apart.onnx');
  writeModel(heavy, path, { external: 'always' });
  rmSync(`${path}.data`);
  expect(() => openModel(path)).toThrow(InputError);
  expect(readExternalLocations(path)).toEqual(['apart.onnx.data']);
  writeModel(heavy, path);
  expect(readExternalLocations(path)).toEqual([]);
});
