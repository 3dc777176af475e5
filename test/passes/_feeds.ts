/** Inputs that find what ordinary ones miss: negative, zero, infinite, not a number, empty, large. */
import { encodeFloat16 } from '../../shared/base/float16.ts';
import { createRandom } from '../../shared/base/random.ts';
import type { NamedTensors, Tensor, TensorArray } from '../../shared/base/tensor.ts';
import type { ElementType } from '../../shared/onnx/element-type.ts';
import type { Dim, Model, ValueInfo } from '../../shared/onnx/model.ts';

export interface FeedSet {
  readonly name: string;
  readonly feeds: NamedTensors;
}

type Filler = (index: number, random: () => number) => number;

const SPECIAL = [-1, 0, -0, 1, Infinity, -Infinity, NaN, 3, -3, 0.5, -0.5, 6, -6, 1e-30, 2.5, -2.5];

const NUMBERS = SPECIAL.filter((value) => !Number.isNaN(value));

/** Fillers of floating-point inputs by the name of the set. */
const FILLERS: Readonly<Record<string, Filler>> = {
  ordinary: (_, random) => random() * 8 - 4,
  negative: (_, random) => -random() * 5 - 0.1,
  zeros: () => 0,
  special: (index) => SPECIAL[index % SPECIAL.length] ?? 0,
  infinite: (index) => NUMBERS[index % NUMBERS.length] ?? 0,
  large: (_, random) => (random() - 0.5) * 2e6,
};

/**
 * Every set for the model. The first free dimension is `free`, the next one more, and so on by name,
 * so that no two are mixed up unseen. Two more sets, where there are free dimensions, make all of them
 * 0, and the first alone.
 */
export function feedSets(model: Model, free = 2): FeedSet[] {
  const { inputs, initializers } = model.graph;
  const wanted = inputs.filter(({ name }) => !initializers.has(name));
  const names = [...new Set(wanted.flatMap(({ type }) => dimsOf(type)))].filter(
    (dim) => typeof dim !== 'number',
  );
  const size = (dim: Dim): number => (typeof dim === 'number' ? dim : free + names.indexOf(dim));
  const sets = Object.entries(FILLERS).map(([name, fill]) => ({
    name,
    feeds: feedsOf(wanted, fill, size),
  }));
  if (names.length === 0) return sets;
  const none = (dim: Dim): number => (typeof dim === 'number' ? dim : 0);
  const noBatch = (dim: Dim): number => (dim === names[0] ? 0 : size(dim));
  return [
    ...sets,
    { name: 'empty', feeds: feedsOf(wanted, () => 0, none) },
    { name: 'no batch', feeds: feedsOf(wanted, () => 0, noBatch) },
  ];
}

type SizeOf = (dim: Dim) => number;

function feedsOf(inputs: readonly ValueInfo[], fill: Filler, size: SizeOf): NamedTensors {
  const source = createRandom(7);
  return Object.fromEntries(
    inputs.map(({ name, type }) => [name, tensor(type, fill, size, () => source.float())]),
  );
}

function tensor(type: ValueInfo['type'], fill: Filler, size: SizeOf, random: () => number): Tensor {
  if (type?.kind !== 'tensor') throw new Error('cases take tensors of declared types');
  const dims = dimsOf(type).map(size);
  const count = dims.reduce((product, dim) => product * dim, 1);
  const values = Array.from({ length: count }, (_, index) => fill(index, random));
  return arrayOf(type.elementType, dims, values);
}

function dimsOf(type: ValueInfo['type']): readonly Dim[] {
  return type?.kind === 'tensor' ? (type.shape ?? []) : [];
}

function arrayOf(type: ElementType, dims: readonly number[], values: readonly number[]): Tensor {
  // Integers are indices and sizes as often as not: small and not negative.
  const small = values.map((value) =>
    Number.isFinite(value) ? Math.abs(Math.trunc(value)) % 3 : 1,
  );
  const data = ((): TensorArray => {
    switch (type) {
      case 'float32':
        return Float32Array.from(values);
      case 'float64':
        return Float64Array.from(values);
      case 'float16':
        return encodeFloat16(values.map((value) => (Math.abs(value) > 1e4 ? value / 1e3 : value)));
      case 'int64':
        return BigInt64Array.from(small, BigInt);
      case 'int32':
        return Int32Array.from(small);
      case 'int8':
        return Int8Array.from(small);
      case 'uint8':
        return Uint8Array.from(small);
      case 'bool':
        return Uint8Array.from(small, (value) => value % 2);
      default:
        throw new Error(`cases take no ${type}`);
    }
  })();
  return { type, dims, data } as Tensor;
}
