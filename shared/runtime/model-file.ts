/** A model as a file that onnxruntime can open. */
import { basename, join, resolve } from 'node:path';
import { makeTempDir, removeTempDir } from '../base/files.ts';
import type { Model } from '../onnx/model.ts';

/** Where a model lies while a session of it is open. */
export interface ModelFile {
  readonly path: string;
  /** For messages. */
  readonly name: string;
  readonly remove: () => void;
}

/** The file at a path as it is, or a model in memory as a temporary file. */
export async function materialize(model: Model | string): Promise<ModelFile> {
  if (typeof model === 'string')
    return { path: resolve(model), name: basename(model), remove: () => {} };
  const folder = makeTempDir('session');
  const remove = (): void => removeTempDir(folder);
  try {
    const path = join(folder, 'model.onnx');
    const { writeModel } = await import('../onnx/write-model.ts');
    await writeModel(model, path);
    return { path, name: model.graph.name === '' ? 'the model' : `'${model.graph.name}'`, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
