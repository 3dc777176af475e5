import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError, LimitError } from '../../shared/base/errors.ts';
import { computedTensor, float32Tensor } from '../../shared/onnx/make-tensor.ts';
import { decodeModel, openModel } from '../../shared/onnx/read-model.ts';
import { floatValues, readRaw } from '../../shared/onnx/tensor-data.ts';
import { encodeModel, moveModel, writeModel } from '../../shared/onnx/write-model.ts';
import { graph, model, node, ops } from './_build.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-write-'));
afterAll(() => rmSync(folder, { recursive: true }));

const weights = float32Tensor(
  'w',
  [1024],
  Float32Array.from({ length: 1024 }, (_, i) => i),
);
const small = model(
  graph([node('Add', ['x', 'w'], ['y'])], ['x'], ['y'], {
    initializers: new Map([['w', weights]]),
  }),
);

it('gives back what it was given', () => {
  const decoded = decodeModel(encodeModel(small));
  expect(ops(decoded.graph)).toEqual(['Add(x,w)→y']);
  expect(decoded.opsets).toEqual(small.opsets);
  const [tensor] = decoded.graph.initializers.values();
  expect(tensor && floatValues(tensor)).toEqual(floatValues(weights));
});

it('writes over the file that it reads from, and leaves nothing else behind', () => {
  const path = join(folder, 'm.onnx');
  writeModel(small, path);
  using opened = openModel(path);
  writeModel(opened.model, path);
  using again = openModel(path);
  expect(encodeModel(again.model)).toEqual(encodeModel(small));
  expect(readdirSync(folder)).toEqual(['m.onnx']);
});

it('puts weights beside the model on request, and finds them there', () => {
  const path = join(folder, 'e.onnx');
  expect(writeModel(small, path, { external: 'always' }).files).toEqual([path, `${path}.data`]);
  using opened = openModel(path);
  const tensor = opened.model.graph.initializers.get('w');
  expect(tensor?.storage).toMatchObject({ external: { location: 'e.onnx.data' } });
  expect(tensor && floatValues(tensor)).toEqual(floatValues(weights));
});

it('keeps small tensors in the model, and writes no data file when there is nothing for it', () => {
  const path = join(folder, 's.onnx');
  const tiny = model(
    graph([node('Add', ['x', 'w'], ['y'])], ['x'], ['y'], {
      initializers: new Map([['w', float32Tensor('w', [2], [1, 2])]]),
    }),
  );
  expect(writeModel(tiny, path, { external: 'always' }).files).toEqual([path]);
});

it('tells where weights lie, beside the model too', () => {
  const path = join(folder, 'p.onnx');
  for (const external of ['always', 'never'] as const) {
    const { places } = writeModel(small, path, { external });
    const place = places.get(weights);
    expect(place?.location).toBe(external === 'always' ? 'p.onnx.data' : 'p.onnx');
    const { offset = 0, length = 0 } = place ?? {};
    const file = readFileSync(join(folder, place?.location ?? ''));
    expect(file.subarray(offset, offset + length)).toEqual(Buffer.from(readRaw(weights)));
  }
});

it('tells the bytes of all files', () => {
  const path = join(folder, 'b.onnx');
  const { files, bytes } = writeModel(small, path, { external: 'always' });
  expect(bytes).toBe(files.reduce((sum, file) => sum + readFileSync(file).length, 0));
});

it('computes weights one at a time, each once, wherever they go', () => {
  const calls: string[] = [];
  const tensor = (name: string) =>
    computedTensor(name, 'uint8', [5000], () => {
      calls.push(name);
      return new Uint8Array(5000).fill(name.charCodeAt(0));
    });
  const computed = model(
    graph([node('Add', ['a', 'b'], ['y'])], [], ['y'], {
      initializers: new Map([
        ['a', tensor('a')],
        ['b', tensor('b')],
      ]),
    }),
  );
  for (const external of ['never', 'always'] as const) {
    calls.length = 0;
    writeModel(computed, join(folder, 'c.onnx'), { external });
    expect(calls).toEqual(['a', 'b']);
    using opened = openModel(join(folder, 'c.onnx'));
    const read = opened.model.graph.initializers.get('b');
    expect(read && readRaw(read)).toEqual(new Uint8Array(5000).fill(98));
  }
});

it('rewrites external data over the file that it reads from', () => {
  const path = join(folder, 'o.onnx');
  writeModel(small, path, { external: 'always' });
  using opened = openModel(path);
  writeModel(opened.model, path, { external: 'always' });
  using again = openModel(path);
  expect(encodeModel(again.model)).toEqual(encodeModel(small));
});

it('moves what it wrote, with its data', () => {
  const [from, to] = [join(folder, 'from'), join(folder, 'to')];
  for (const place of [from, to]) mkdirSync(place);
  writeFileSync(join(to, 'm.onnx'), 'old');
  moveModel(writeModel(small, join(from, 'm.onnx'), { external: 'always' }), to);
  using opened = openModel(join(to, 'm.onnx'));
  expect(encodeModel(opened.model)).toEqual(encodeModel(small));
  expect(readdirSync(from)).toEqual([]);
  const written = writeModel(small, join(from, 'm.onnx'));
  mkdirSync(join(folder, 'blocked', 'm.onnx'), { recursive: true });
  expect(() => moveModel(written, join(folder, 'blocked'))).toThrow('it is a folder');
  expect(() => moveModel(written, join(folder, 'none'))).toThrow('does not exist');
});

describe('refuses, and leaves what was there', () => {
  const inside = join(folder, 'kept');
  beforeAll(() => mkdirSync(join(inside, 'folder.onnx'), { recursive: true }));
  const path = join(inside, 'm.onnx');
  const broken = (bytes: () => Uint8Array) =>
    model(
      graph([], [], [], {
        initializers: new Map([['w', computedTensor('w', 'uint8', [9000], bytes)]]),
      }),
    );

  it.each(['never', 'always'] as const)(
    'when weights fail to be made (%s external)',
    (external) => {
      writeFileSync(path, 'old');
      const fails = broken(() => {
        throw new Error('no weights');
      });
      expect(() => writeModel(fails, path, { external })).toThrow('no weights');
      expect(() =>
        writeModel(
          broken(() => new Uint8Array(1)),
          path,
          { external },
        ),
      ).toThrow('gave 1 bytes');
      expect(readFileSync(path, 'utf8')).toBe('old');
      expect(readdirSync(inside).toSorted()).toEqual(['folder.onnx', 'm.onnx']);
    },
  );

  it('when the place is a folder, or in no folder', () => {
    for (const place of [join(inside, 'folder.onnx'), join(path, 'm.onnx')])
      expect(() => writeModel(small, place), place).toThrow(InputError);
    expect(() => writeModel(small, join(inside, 'none', 'm.onnx'))).toThrow('does not exist');
    expect(readdirSync(inside).toSorted()).toEqual(['folder.onnx', 'm.onnx']);
  });

  it('when one file would be larger than protobuf reads', () => {
    const huge = model(
      graph([], [], [], {
        initializers: new Map([
          ['w', computedTensor('w', 'uint8', [2 ** 31], () => new Uint8Array())],
        ]),
      }),
    );
    expect(() => writeModel(huge, path, { external: 'never' })).toThrow(LimitError);
  });
});
