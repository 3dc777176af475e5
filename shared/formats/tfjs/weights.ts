/** The weights of a model.json: its manifest says what lies where in the shards. */
import { ModelError } from '../../base/errors.ts';
import { type ElementType, rawByteLength } from '../../onnx/element-type.ts';
import { MAX_RANK } from '../../onnx/limits.ts';
import { computedTensor } from '../../onnx/make-tensor.ts';
import type { ByteSource, StoredTensor } from '../../onnx/stored-tensor.ts';
import type { Json } from '../keras/layer.ts';
import { quantizationOf } from './dequantize.ts';
import { arrayAt, countAt, objectAt, textAt } from './json.ts';
import type { ShardFiles } from './shards.ts';

/** What TensorFlow.js writes, and what its converter has written at times. */
const TYPES = [
  'float32',
  'int32',
  'bool',
  'uint8',
  'string',
  'complex64',
  'float16',
  'bfloat16',
  'int64',
] as const satisfies readonly ElementType[];

/** Weights by name, in the order of the manifest; they stay in their files until they are written. */
export type Weights = ReadonlyMap<string, StoredTensor>;

/** @throws ModelError for a manifest that does not fit its shards, InputError for missing ones */
export function readWeights(manifest: Json | undefined, files: ShardFiles): Weights {
  const weights = new Map<string, StoredTensor>();
  for (const [index, item] of arrayAt(manifest, 'weightsManifest').entries()) {
    const group = objectAt(item, `weightsManifest[${index}]`);
    const paths = arrayAt(group.paths, `weightsManifest[${index}].paths`).map((path) =>
      textAt(path, `a path in weightsManifest[${index}]`),
    );
    const reader = new GroupReader(files.open(paths));
    for (const entry of arrayAt(group.weights, `weightsManifest[${index}].weights`)) {
      const tensor = reader.next(entry);
      if (weights.has(tensor.name))
        throw new ModelError(`weightsManifest lists the weight '${tensor.name}' twice`);
      weights.set(tensor.name, tensor);
    }
    reader.end();
  }
  return weights;
}

/** Takes the weights of one group out of its bytes, one behind the other. */
class GroupReader {
  readonly #source: ByteSource;
  #offset = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  next(entry: Json): StoredTensor {
    const spec = objectAt(entry, 'a weight of the manifest');
    const name = textAt(spec.name, 'the name of a weight');
    const where = `the weight '${name}'`;
    const dims = dimsOf(spec.shape, where);
    const count = dims.reduce((product, dim) => product * dim, 1);
    if (!Number.isSafeInteger(count)) throw new ModelError(`${where} is larger than any file`);
    const dtype = textAt(spec.dtype, `the dtype of ${where}`);
    const type = TYPES.find((one) => one === dtype);
    if (!type) throw new ModelError(`${where} is of the unknown type '${dtype}'`);
    if (type === 'string')
      return {
        name,
        type,
        dims,
        storage: { kind: 'strings', values: this.#strings(count, where) },
      };
    if (spec.quantization === undefined || spec.quantization === null) {
      const range = this.#take(rawByteLength(type, count), where);
      return { name, type, dims, storage: { kind: 'file', range } };
    }
    const { bytesPerElement, decode } = quantizationOf(spec.quantization, dtype, where);
    const { offset, length } = this.#take(count * bytesPerElement, where);
    const source = this.#source;
    return computedTensor(name, type, dims, () => decode(source.read(offset, length)));
  }

  /** @throws ModelError when bytes are left over: the manifest belongs to other shards */
  end(): void {
    const left = this.#source.size - this.#offset;
    if (left > 0)
      throw new ModelError(`the shards hold ${left} bytes more than weightsManifest lists`, {
        hint: 'They belong to another model.json: copy both again.',
      });
  }

  #take(length: number, where: string): { source: ByteSource; offset: number; length: number } {
    const offset = this.#offset;
    if (offset + length > this.#source.size)
      throw new ModelError(
        `${where} needs bytes ${offset} to ${offset + length}, and the shards have ${this.#source.size}`,
        { hint: 'A shard is truncated, or the shards belong to another model.json.' },
      );
    this.#offset += length;
    return { source: this.#source, offset, length };
  }

  /** Each text behind its length, 32 bits. */
  #strings(count: number, where: string): Uint8Array[] {
    const values: Uint8Array[] = [];
    for (let index = 0; index < count; index++) {
      const length = this.#read(4, where);
      const size = new DataView(length.buffer, length.byteOffset).getUint32(0, true);
      values.push(this.#read(size, where));
    }
    return values;
  }

  #read(length: number, where: string): Uint8Array {
    return this.#source.read(this.#take(length, where).offset, length);
  }
}

function dimsOf(shape: Json | undefined, where: string): number[] {
  const dims = arrayAt(shape, `the shape of ${where}`);
  if (dims.length > MAX_RANK) throw new ModelError(`${where} has ${dims.length} axes`);
  return dims.map((dim) => countAt(dim, `a size of ${where}`));
}
