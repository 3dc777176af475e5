/** Any bytes as an HDF5 file: a clean error, or names, attributes and tensors. */
import { FettleError } from '../../../shared/base/errors.ts';
import { Hdf5File } from '../../../shared/formats/hdf5/hdf5-file.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import { readRaw, storedByteLength } from '../../../shared/onnx/tensor-data.ts';

/** Attributes of the models that are read, and of the first inputs. */
const ATTRIBUTES = ['model_config', 'keras_version', 'weight_names', 'v', 'n', 'e'];
/** Groups that lie in themselves have no end. */
const MAX_DEPTH = 4;
/** What is larger is not read: compressed, a few bytes can stand for megabytes. */
const MAX_READ = 2 ** 20;

/** @throws whatever is not an error for the user */
export function fuzz(data: Uint8Array): void {
  try {
    look(new Hdf5File(memorySource(data.slice(), 'm.h5')), '/', 0);
  } catch (error) {
    refuse(error);
  }
}

function look(file: Hdf5File, path: string, depth: number): void {
  try {
    for (const attribute of ATTRIBUTES) file.texts(path, attribute);
    if (file.kind(path) === 'dataset') {
      const tensor = file.tensor(path, path);
      if (storedByteLength(tensor) < MAX_READ) readRaw(tensor);
    }
    if (depth === MAX_DEPTH) return;
    for (const name of file.names(path))
      look(file, `${path === '/' ? '' : path}/${name}`, depth + 1);
  } catch (error) {
    refuse(error);
  }
}

function refuse(error: unknown): void {
  if (!(error instanceof FettleError) || error.exitCode === 70) throw error;
}
