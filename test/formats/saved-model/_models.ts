/** The models of test/fixtures/saved-model, unpacked once a process, and how they are run. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import ort from 'onnxruntime-node';
import { makeTempDir } from '../../../shared/base/files.ts';
import type { SourceModel } from '../../../shared/formats/source-model.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';
import { ROOT } from '../../architecture/sources.ts';

let folder: string | undefined;

/** The folder of a model, which tests must not change: see {@link copyOf}. */
export function modelFolder(name: string): string {
  folder ??= unpack();
  return join(folder, name);
}

function unpack(): string {
  const target = makeTempDir('test');
  for (const [name, bytes] of entries()) {
    mkdirSync(dirname(join(target, name)), { recursive: true });
    writeFileSync(join(target, name), bytes);
  }
  return target;
}

function entries(): readonly [string, Uint8Array][] {
  const path = join(ROOT, 'test/fixtures/saved-model/saved-models.zip');
  return Object.entries(unzipSync(new Uint8Array(readFileSync(path))));
}

/** A model with some of its files changed, in a folder of its own. */
export function copyOf(
  name: string,
  change: (path: string, bytes: Uint8Array) => Uint8Array | undefined,
): string {
  const target = makeTempDir('test');
  for (const [path, bytes] of entries()) {
    const inside = path.startsWith(`${name}/`) ? path.slice(name.length + 1) : undefined;
    const changed = inside === undefined ? undefined : change(inside, bytes);
    if (inside === undefined || changed === undefined) continue;
    mkdirSync(dirname(join(target, inside)), { recursive: true });
    writeFileSync(join(target, inside), changed);
  }
  return target;
}

export type Arrays = ReadonlyMap<string, ort.Tensor>;

const KINDS = {
  '<f4': ['float32', Float32Array],
  '<f8': ['float64', Float64Array],
  '<i4': ['int32', Int32Array],
  '<i8': ['int64', BigInt64Array],
  '|u1': ['uint8', Uint8Array],
  '|b1': ['bool', Uint8Array],
} as const;

/** The arrays of an `.npz` file; those of text are left out. */
export function readArrays(path: string): Arrays {
  const arrays = new Map<string, ort.Tensor>();
  for (const [name, bytes] of Object.entries(unzipSync(new Uint8Array(readFileSync(path))))) {
    const start = 10 + new DataView(bytes.buffer, bytes.byteOffset).getUint16(8, true);
    const header = Buffer.from(bytes.subarray(10, start)).toString('latin1');
    const kind = /'descr': '([^']+)'/.exec(header)?.[1] ?? '';
    if (!(kind in KINDS)) continue;
    const [type, ArrayType] = KINDS[kind as keyof typeof KINDS];
    const dims = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '').match(/\d+/g)?.map(Number) ?? [];
    const data = new ArrayType(bytes.slice(start).buffer);
    arrays.set(name.replace(/\.npy$/, ''), new ort.Tensor(type, data, dims));
  }
  return arrays;
}

/** Inputs and outputs of a model of the fixtures as TensorFlow had and gave them. */
export function goldenOf(name: string): { readonly inputs: Arrays; readonly outputs: Arrays } {
  const all = [...readArrays(join(modelFolder(name), 'golden.npz'))];
  const side = (prefix: string): Arrays =>
    new Map(
      all.flatMap(([key, array]) =>
        key.startsWith(prefix) ? [[key.slice(prefix.length), array]] : [],
      ),
    );
  return { inputs: side('in/'), outputs: side('out/') };
}

/** The largest error of each output as a part of the largest wanted element; 0 for equal integers. */
export async function errorsOf(
  source: SourceModel,
  inputs: Arrays,
  wanted: Arrays,
): Promise<Record<string, number>> {
  const session = await ort.InferenceSession.create(encodeModel(source.model), {
    logSeverityLevel: 4,
    intraOpNumThreads: 1,
  });
  try {
    const got = await session.run(Object.fromEntries(inputs));
    return Object.fromEntries(
      [...wanted].map(([name, array]) => [name, errorOf(array, got[name])]),
    );
  } finally {
    await session.release();
  }
}

function errorOf(wanted: ort.Tensor, got: ort.Tensor | undefined): number {
  if (!got || got.type !== wanted.type || got.dims.join() !== wanted.dims.join())
    throw new Error(
      `${wanted.type} [${wanted.dims}] is wanted, ${got?.type} [${got?.dims}] was given`,
    );
  const numbers = (tensor: ort.Tensor): number[] => Array.from(tensor.data as Float32Array, Number);
  const given = numbers(got);
  const range = numbers(wanted).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
  const worst = numbers(wanted).reduce(
    (most, value, index) => Math.max(most, Math.abs(value - (given[index] ?? Number.NaN))),
    0,
  );
  return worst / range;
}
