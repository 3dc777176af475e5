/** ONNX files as sources: put in order and verified, else as they are. */
import { dirname, join } from 'node:path';
import { acceptModel } from '../../onnx/accept-model.ts';
import type { OpenFile } from '../../onnx/byte-source.ts';
import { openModel, readExternalLocations } from '../../onnx/read-model.ts';
import type { ReadSource } from '../source-model.ts';

/** Throws as the reader of every format does. The opset is the file's own: raising it is a pass. */
export const readOnnx: ReadSource = async (path, { shown, open }) => {
  const opened = openModel(path, open && { open });
  try {
    const { model, notes } = acceptModel(opened.model, shown);
    const { producerName, producerVersion } = model;
    return {
      model,
      producer: [producerName, producerVersion].filter((part) => part !== '').join(' '),
      origins: new Map(),
      notes,
      [Symbol.dispose]: opened.close,
    };
  } catch (error) {
    opened.close();
    throw error;
  }
};

/** The model file and the files of weights that it names. @throws ModelError, InputError */
export async function onnxFiles(path: string, open?: OpenFile): Promise<readonly string[]> {
  return [
    path,
    ...readExternalLocations(path, open).map((location) => join(dirname(path), location)),
  ];
}
