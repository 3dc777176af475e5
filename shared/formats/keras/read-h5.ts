/** `.h5` files: whole models of Keras 2 and 3, and weights with their configuration beside them. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ModelError } from '../../base/errors.ts';
import { fileSource, type OpenFile } from '../../onnx/byte-source.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import type { Builder } from '../build/builder.ts';
import { Hdf5File } from '../hdf5/hdf5-file.ts';
import type { ReadSource } from '../source-model.ts';
import { isObject } from './config.ts';
import { convertFile, type KerasFile } from './keras-file.ts';
import type { Json, LayerWeights } from './layer.ts';
import { parseConfig, readConfig } from './model-json.ts';
import { groupedWeights } from './named-weights.ts';
import { pathWeights } from './path-weights.ts';
import { hdf5Store } from './variable-stores.ts';

/** Reads an `.h5` file. */
export const readH5: ReadSource = async (path, options) =>
  convertFile(await openH5File(path, options.shown, options.open), options);

/** The file, and the configuration beside it where it holds weights alone. @throws as the reader does */
export async function h5Files(path: string, open?: OpenFile): Promise<readonly string[]> {
  // Most are whole models with nothing beside them, and need not be opened for this.
  if (configPath(path) === undefined) return [path];
  using file = await openH5File(path, path, open);
  return file.files;
}

/** What is in an `.h5` file, or beside it. @throws ModelError, InputError */
export async function openH5File(
  path: string,
  shown: string,
  open: OpenFile = fileSource,
): Promise<KerasFile> {
  const source = open(path);
  try {
    const file = new Hdf5File(source);
    const inside = file.text('/', 'model_config');
    const beside = inside === undefined ? configBeside(path, shown, open) : undefined;
    const config =
      inside === undefined ? beside?.config : parseConfig(inside, `${shown}: model_config`);
    return {
      config: config ?? null,
      version: file.text('/', 'keras_version') ?? beside?.version,
      weights: weightsOf(file),
      files: beside ? [path, beside.path] : [path],
      [Symbol.dispose]: () => source.close(),
    };
  } catch (error) {
    source.close();
    throw error;
  }
}

/** Files of whole models keep weights in a group; files of weights at the root, by layer or by path. */
function weightsOf(file: Hdf5File): (b: Builder) => LayerWeights {
  const isByPath = ['layers', '_layer_checkpoint_dependencies'].some(
    (name) => file.kind(`/${name}`) === 'group' && file.texts('/', 'layer_names') === undefined,
  );
  if (isByPath) return (b) => pathWeights(b, hdf5Store(file));
  const root = file.kind('/model_weights') === 'group' ? '/model_weights' : '';
  return (b) => groupedWeights(b, (layer) => layerVariables(file, `${root}/${layer}`));
}

function layerVariables(file: Hdf5File, group: string): readonly StoredTensor[] {
  if (file.kind(group) !== 'group') return [];
  const names = file.texts(group, 'weight_names') ?? [];
  return names.map((name) => file.tensor(`${group}/${name}`, name.replace(/:\d+$/, '')));
}

/** The path without what says that it is HDF5. */
const stemOf = (path: string): string => path.replace(/(\.weights)?\.(h5|hdf5)$/i, '');

/** Where a configuration beside the file lies, if there is one. */
function configPath(path: string): string | undefined {
  const folder = dirname(path);
  return [`${stemOf(path)}.json`, join(folder, 'config.json'), join(folder, 'model.json')].find(
    (file) => existsSync(file),
  );
}

/** The configuration of a file of weights: `NAME.json` beside it, or the `config.json` of the folder. */
function configBeside(
  path: string,
  shown: string,
  open: OpenFile,
): { config: Json; path: string; version: string | undefined } {
  const found = configPath(path);
  if (found === undefined)
    throw new ModelError(`${shown} holds weights, and not which layers they belong to`, {
      hint: `Write the layers beside it: open("${basename(stemOf(path))}.json", "w").write(model.to_json()).`,
    });
  const source = open(found);
  try {
    const config = readConfig(source, found);
    const version =
      isObject(config) && typeof config.keras_version === 'string'
        ? config.keras_version
        : undefined;
    // Keras 3 writes no version into its JSON; its entries have a module.
    const isNew = isObject(config) && typeof config.module === 'string';
    return { config, path: found, version: version ?? (isNew ? '3' : undefined) };
  } finally {
    source.close();
  }
}
