/** `.keras` files (Keras 3, and Keras 2.12 on): a zip of configuration, metadata and weights. */
import { LimitError, ModelError, UnsupportedError } from '../../base/errors.ts';
import { fileSource, type OpenFile } from '../../onnx/byte-source.ts';
import type { ByteSource } from '../../onnx/stored-tensor.ts';
import type { Builder } from '../build/builder.ts';
import { Hdf5File } from '../hdf5/hdf5-file.ts';
import type { ReadSource } from '../source-model.ts';
import { isList, isObject } from './config.ts';
import { convertFile, type KerasFile } from './keras-file.ts';
import type { Json, LayerWeights } from './layer.ts';
import { MAX_CONFIG_BYTES, readConfig } from './model-json.ts';
import { pathWeights, type VariableStore } from './path-weights.ts';
import { hdf5Store, shardedStore } from './variable-stores.ts';
import { ZipArchive } from './zip-archive.ts';

/** Shards of a model; Keras makes them 5 GB large. */
const MAX_SHARDS = 10_000;

/** Reads a `.keras` file. */
export const readKeras: ReadSource = async (path, options) =>
  convertFile(await openKerasFile(path, options.shown, options.open), options);

/** What is in a `.keras` file. @throws ModelError, InputError */
export async function openKerasFile(
  path: string,
  shown: string,
  openFile: OpenFile = fileSource,
): Promise<KerasFile> {
  const source = openFile(path);
  try {
    const archive = await ZipArchive.open({ ...reading(source), name: shown });
    const config = await entry(archive, 'config.json', shown);
    const metadata = await entry(archive, 'metadata.json', shown).catch(() => null);
    const version =
      isObject(metadata) && typeof metadata.keras_version === 'string'
        ? metadata.keras_version
        : undefined;
    const texts = await readTexts(archive, shown);
    const store: VariableStore = {
      ...(await openStore(archive, shown)),
      asset: (name) => texts.get(`assets/${name}`),
    };
    const weights = (b: Builder): LayerWeights => pathWeights(b, store);
    return { config, version, weights, files: [path], [Symbol.dispose]: () => source.close() };
  } catch (error) {
    source.close();
    throw error;
  }
}

/** The reading half of a source, so that it can be given another name. */
const reading = (source: ByteSource): ByteSource => ({
  name: source.name,
  size: source.size,
  read: (offset, length) => source.read(offset, length),
  readInto: (target, offset) => source.readInto(target, offset),
  close: () => {},
});

async function entry(archive: ZipArchive, name: string, shown: string): Promise<Json> {
  const source = await archive.source(name, MAX_CONFIG_BYTES);
  if (source) return readConfig(source, `${shown}: ${name}`);
  throw new ModelError(`${shown} has no ${name}`, {
    hint: 'Save the model with model.save("NAME.keras").',
  });
}

/** Vocabularies of whole numbers are short; beyond it, the file means harm (CWE-400). */
const MAX_TEXT_BYTES = 64 << 20;

/** What layers keep beside their variables, by path. */
async function readTexts(archive: ZipArchive, shown: string): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  let room = MAX_TEXT_BYTES;
  for (const name of archive.names) {
    if (!/^assets\/.*vocabulary\.txt$/.test(name)) continue;
    const source = await archive.source(name, MAX_TEXT_BYTES);
    if (!source) continue;
    room -= source.size;
    if (room < 0)
      throw new LimitError(`the vocabularies in ${shown} are larger than ${MAX_TEXT_BYTES} bytes`);
    texts.set(name, new TextDecoder().decode(source.read(0, source.size)));
  }
  return texts;
}

async function openStore(archive: ZipArchive, shown: string): Promise<VariableStore> {
  const whole = await archive.source('model.weights.h5');
  if (whole) return hdf5Store(new Hdf5File(whole));
  const map = await archive.source('model.weights.json', MAX_CONFIG_BYTES);
  if (map) return openShards(archive, readConfig(map, `${shown}: model.weights.json`), shown);
  // Written where h5py was missing; the newest Keras does not load it either.
  if (archive.names.includes('model.weights.npz'))
    throw new UnsupportedError(`${shown} keeps its weights as pickles, which are never loaded`, {
      hint: 'Install h5py and save the model again: model.save("NAME.keras").',
    });
  throw new ModelError(`${shown} holds no weights`, {
    hint: 'Save the model with model.save("NAME.keras").',
  });
}

async function openShards(archive: ZipArchive, map: Json, shown: string): Promise<VariableStore> {
  const byPath = isObject(map) && isObject(map.weight_map) ? map.weight_map : {};
  const weightMap = new Map(
    Object.entries(byPath).map(([path, files]) => [
      path,
      (isList(files) ? files : [files]).filter((file) => typeof file === 'string'),
    ]),
  );
  const names = new Set([...weightMap.values()].flat());
  if (names.size > MAX_SHARDS) throw new ModelError(`${shown} names ${names.size} shards`);
  const shards = new Map<string, Hdf5File>();
  for (const name of names) {
    const source = await archive.source(name);
    if (!source) throw new ModelError(`${shown} has no "${name}", which holds weights`);
    shards.set(name, new Hdf5File(source));
  }
  return shardedStore(shards, weightMap);
}
