/** A model as onnxruntime saves it: its own format, or ONNX after its optimizations. */
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { explainWriteError, makeTempDir, removeTempDir } from '../base/files.ts';
import type { Model } from '../onnx/model.ts';
import { materialize } from './model-file.ts';
import { loadInto, type SessionOptions } from './session.ts';
import { onProcess } from './shared-process.ts';

export interface SaveOptions
  extends Pick<SessionOptions, 'process' | 'signal' | 'timeoutMs' | 'extra'> {
  /** `basic` keeps to ops that every machine has; above that files fit the machine that made them. */
  readonly level?: 'disabled' | 'basic' | 'extended';
  readonly format: 'onnx' | 'ort';
}

/**
 * Loads the model and saves it to `path`, whole or not at all.
 * @throws as openSession; InputError or LimitError when the place cannot be written.
 */
export async function saveOptimized(
  model: Model | string,
  path: string,
  { level = 'basic', format, ...options }: SaveOptions,
): Promise<void> {
  const file = materialize(model);
  let folder: string | undefined;
  try {
    // Beside the target: a rename stays on one file system. onnxruntime goes by the suffix.
    folder = makeTempDir('save', dirname(path));
    const saved = join(folder, `model.${format}`);
    await onProcess(options.process, async (process) => {
      const { session } = await loadInto(process, file, {
        ...options,
        optimization: level,
        saveTo: saved,
      });
      await process.ask('close', { session });
    });
    await rename(saved, path).catch((error: unknown) => {
      throw explainWriteError(error, path);
    });
  } finally {
    file.remove();
    if (folder !== undefined) {
      await rm(folder, { recursive: true, force: true });
      removeTempDir(folder);
    }
  }
}
