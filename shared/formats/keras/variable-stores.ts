/** Where `.keras` files keep their variables: one HDF5 file, shards of it, or arrays of NumPy. */
import { ModelError } from '../../base/errors.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import type { Hdf5File } from '../hdf5/hdf5-file.ts';
import type { VariableStore } from './path-weights.ts';

/** Variables are named by number in Keras' order; quantized layers have some with names behind them. */
export function inKerasOrder(names: readonly string[]): readonly string[] {
  const number = (name: string): number =>
    /^\d+$/.test(name) ? Number(name) : Number.POSITIVE_INFINITY;
  return [...names].sort((a, b) => {
    const [left, right] = [number(a), number(b)];
    if (left === right) return a < b ? -1 : 1;
    return left - right;
  });
}

/** Variables below `prefix` in an HDF5 file. */
export function hdf5Store(file: Hdf5File, prefix = ''): VariableStore {
  const group = (path: string): string =>
    path === '' ? `${prefix}/vars` : `${prefix}/${path}/vars`;
  return {
    has: (path) => file.kind(`${prefix}/${path}`) !== undefined,
    variables: (path) =>
      inKerasOrder(file.names(group(path))).map((name) =>
        file.tensor(`${group(path)}/${name}`, tensorName(path, name)),
      ),
  };
}

/** Shards of which a map says what lies where. `weightMap` is by path, files in a list or alone. */
export function shardedStore(
  shards: ReadonlyMap<string, Hdf5File>,
  weightMap: ReadonlyMap<string, readonly string[]>,
): VariableStore {
  const filesOf = (path: string): readonly string[] =>
    weightMap.get(path === '' ? '/vars' : `/${path}/vars`) ?? weightMap.get(path) ?? [];
  return {
    has: (path) =>
      [...weightMap.keys()].some((key) => key === `/${path}` || key.startsWith(`/${path}/`)),
    variables: (path) => {
      const found = new Map<string, StoredTensor>();
      for (const name of filesOf(path)) {
        const file = shards.get(name);
        if (!file) throw new ModelError(`the file has no shard "${name}", which holds variables`);
        const group = path === '' ? '/vars' : `/${path}/vars`;
        for (const variable of file.names(group))
          found.set(variable, file.tensor(`${group}/${variable}`, tensorName(path, variable)));
      }
      return inKerasOrder([...found.keys()]).flatMap((name) => found.get(name) ?? []);
    },
  };
}

/** `layers/dense/vars/0` is shown as `dense/0`. */
export const tensorName = (path: string, variable: string): string =>
  `${path.replaceAll(/(^|\/)(layers|_layer_checkpoint_dependencies)\//g, '$1')}/${variable}`.replace(
    /^\//,
    '',
  );
