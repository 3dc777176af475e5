import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTempDir } from '../../shared/base/files.ts';
import { memorySource } from '../../shared/onnx/byte-source.ts';
import { planFiles } from '../../shared/onnx/file-plan.ts';
import { keptFrom, payloadsOf, readsOf, writeWindow } from '../../shared/onnx/file-windows.ts';
import { makeNode } from '../../shared/onnx/make-node.ts';
import { computedTensor } from '../../shared/onnx/make-tensor.ts';
import type { Model } from '../../shared/onnx/model.ts';
import { openModel } from '../../shared/onnx/read-model.ts';
import type { StoredTensor } from '../../shared/onnx/stored-tensor.ts';
import { readRaw } from '../../shared/onnx/tensor-data.ts';
import { writeModel } from '../../shared/onnx/write-model.ts';
import { graph, model as modelOf } from './_build.ts';

const folder = makeTempDir('test');

const NAMES = ['a', 'b', 'c', 'd'] as const;

/** Four tensors of 4,000 bytes. */
function source(): string {
  const path = join(folder, 'source.onnx');
  const tensors = NAMES.map((name, index) =>
    computedTensor(name, 'uint8', [4000], () =>
      new Uint8Array(4000).map((_, at) => (at * 7 + index) % 251),
    ),
  );
  const model: Model = modelOf(
    graph([makeNode('Identity', ['a'], ['y'])], [], ['y'], {
      initializers: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    }),
  );
  writeModel(model, path, { external: 'always' });
  return path;
}

/** Of the source the first two tensors as they are, the third and a new one computed. */
function edited(model: Model): Model {
  const { initializers } = model.graph;
  const of = (name: string) => {
    const tensor = initializers.get(name);
    if (!tensor) throw new Error(`no tensor ${name}`);
    return tensor;
  };
  const inverse = computedTensor('c', 'uint8', [4000], () => readRaw(of('c')).map((x) => 255 - x), [
    of('c'),
  ]);
  const sum = computedTensor(
    'sum',
    'uint8',
    [3000],
    () =>
      readRaw(of('a'))
        .slice(0, 3000)
        .map((x, at) => x + (readRaw(of('d'))[at] ?? 0)),
    [of('a'), of('d')],
  );
  return {
    ...model,
    graph: {
      ...model.graph,
      initializers: new Map([
        ['a', of('a')],
        ['b', of('b')],
        ['c', inverse],
        ['sum', sum],
      ]),
    },
  };
}

describe.each(['always', 'never'] as const)(
  'a file in parts (weights beside it: %s)',
  (external) => {
    const opened = openModel(source());
    const model = edited(opened.model);
    const whole = join(folder, `${external}.onnx`);
    writeModel(model, whole, { external });
    const plan = planFiles(model, `${external}.onnx.data`, external);
    const files = [
      { file: plan.model, path: whole },
      ...(plan.data ? [{ file: plan.data, path: `${whole}.data` }] : []),
    ];

    it.each([1, 2, 3, 7, 64])('is the same in %i', (count) => {
      for (const { file, path } of files) {
        const size = Math.ceil(file.bytes / count);
        const parts = Array.from({ length: count }, (_, index) => {
          const offset = Math.min(file.bytes, index * size);
          const length = Math.min(size, file.bytes - offset);
          const part = join(folder, `${external}-${count}-${index}-${file.bytes}`);
          // Whatever is read beyond what was announced is refused.
          const readable = readsOf(payloadsOf(file), { offset, length });
          using own = openModel(join(folder, 'source.onnx'), {
            readable: new Map([['source.onnx.data', readable?.get('source.onnx.data') ?? []]]),
          });
          const again = planFiles(edited(own.model), `${external}.onnx.data`, external);
          const same = file === plan.model ? again.model : again.data;
          if (!same) throw new Error('the plan is another one');
          writeWindow(same, { offset, length }, part);
          return readFileSync(part);
        });
        expect(Buffer.concat(parts).equals(readFileSync(path))).toBe(true);
      }
    });
  },
);

describe('what a window needs', () => {
  const opened = openModel(source());
  const { data } = planFiles(edited(opened.model), 'x.data', 'always');
  const payloads = data ? payloadsOf(data) : [];
  const places = new Map(payloads.map(({ tensor, offset }) => [tensor.name, offset]));
  const at = (name: string): number => places.get(name) ?? Number.NaN;
  const reads = (offset: number, length: number) =>
    readsOf(payloads, { offset, length })?.get('source.onnx.data');

  it('is all of what is computed, and of small tensors', () => {
    expect(reads(at('b') + 100, 200)).toEqual([{ offset: 4032, length: 4000 }]);
    // Tensors of the source begin at multiples of 64.
    expect(reads(at('c') + 1, 1)).toEqual([{ offset: 2 * 4032, length: 4000 }]);
  });

  it('is a part of large tensors that are copied', () => {
    const storage = {
      kind: 'file',
      range: { source: memorySource(new Uint8Array()), offset: 50, length: 1e6 },
    } as const;
    const tensor: StoredTensor = {
      name: 'w',
      type: 'uint8',
      dims: [1e6],
      storage: { ...storage, external: { location: 'x' } },
    };
    const payloads = [{ tensor, offset: 1000, length: 1e6 }];
    expect(readsOf(payloads, { offset: 3000, length: 500 })).toEqual(
      new Map([['x', [{ offset: 2050, length: 500 }]]]),
    );
    expect(
      readsOf([{ tensor: { ...tensor, storage }, offset: 0, length: 1e6 }], {
        offset: 1,
        length: 1,
      }),
    ).toEqual(new Map());
  });

  it('comes in one piece where little lies between', () => {
    expect(reads(at('sum'), 10)).toEqual([{ offset: 0, length: 3 * 4032 + 4000 }]);
  });

  it('is unknown where a tensor does not tell its sources', () => {
    const silent = computedTensor('z', 'uint8', [2000], () => new Uint8Array(2000));
    expect(readsOf([{ tensor: silent, offset: 0, length: 2000 }], { offset: 5, length: 1 })).toBe(
      undefined,
    );
    expect(
      readsOf([{ tensor: silent, offset: 0, length: 2000 }], { offset: 2000, length: 1 }),
    ).toEqual(new Map());
  });

  it('is there already where bytes are copied one behind the other', () => {
    const kept = (offset: number, length: number) => keptFrom(payloads, { offset, length });
    const location = 'source.onnx.data';
    expect(kept(at('a') + 100, 3900)).toEqual({ location, offset: 100 });
    expect(kept(at('b') + 10, 20)).toEqual({ location, offset: 4032 + 10 });
    // With what lies between them.
    expect(kept(at('a') + 100, 4200)).toBeUndefined();
    expect(kept(at('c'), 10)).toBeUndefined();
    expect(kept(at('sum') + 2990, 20)).toBeUndefined();
  });
});
