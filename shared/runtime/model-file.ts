/** A model as a file that onnxruntime can open without taking its process down. */
import { basename, join, resolve } from 'node:path';
import { UnsupportedError } from '../base/errors.ts';
import { makeTempDir, removeTempDir } from '../base/files.ts';
import type { Model, ValueInfo } from '../onnx/model.ts';
import { openModel } from '../onnx/read-model.ts';
import { isTensorType } from '../onnx/tensor-data.ts';
import { writeModel } from '../onnx/write-model.ts';

/** Where a model lies while a session of it is open. */
export interface ModelFile {
  readonly path: string;
  /** For messages. */
  readonly name: string;
  readonly remove: () => void;
}

/** A model whose file was just written: it is not read once more to see what it takes and gives. */
export interface KeptModel {
  readonly model: Model;
  readonly path: string;
  /** For messages. */
  readonly name: string;
}

/**
 * The file at a path as it is, or a model in memory as a temporary file.
 * @throws UnsupportedError when an input or output has a type that onnxruntime-node cannot pass.
 */
export function materialize(model: Model | KeptModel | string): ModelFile {
  if (typeof model === 'string') {
    const file = { path: resolve(model), name: basename(model), remove: () => {} };
    // What else lies in a file (.ort) cannot be looked into; its child may then die, as a ToolError.
    if (file.path.endsWith('.onnx')) {
      using opened = openModel(file.path);
      refuseTypes(opened.model, file.name);
    }
    return file;
  }
  if ('path' in model) {
    const { path, name } = model;
    refuseTypes(model.model, name);
    return { path: resolve(path), name, remove: () => {} };
  }
  const name = model.graph.name === '' ? 'the model' : `'${model.graph.name}'`;
  refuseTypes(model, name);
  const folder = makeTempDir('session');
  const remove = (): void => removeTempDir(folder);
  try {
    const path = join(folder, 'model.onnx');
    writeModel(model, path);
    return { path, name, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** An int4 output aborts the process that loads the model; bfloat16, float8 and others are errors. */
function refuseTypes(model: Model, name: string): void {
  const refuse = ({ name: value, type }: ValueInfo, role: string): void => {
    if (type?.kind !== 'tensor' || isTensorType(type.elementType)) return;
    throw new UnsupportedError(
      `${role} '${value}' of ${name} is ${type.elementType}, which onnxruntime-node cannot pass`,
      { hint: 'Cast it to a common type inside the model.' },
    );
  };
  for (const input of model.graph.inputs) refuse(input, 'input');
  for (const output of model.graph.outputs) refuse(output, 'output');
}
