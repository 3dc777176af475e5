/** The file model.json, and where it is. */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError, LimitError, ModelError } from '../../base/errors.ts';
import { explainReadError } from '../../base/files.ts';
import { fileSource, type OpenFile } from '../../onnx/byte-source.ts';
import { isObject } from '../keras/config.ts';
import type { JsonObject } from '../keras/layer.ts';

import { MAX_JSON_BYTES } from './limits.ts';

export interface ModelJson {
  readonly json: JsonObject;
  readonly path: string;
  /** In which the shards are. */
  readonly folder: string;
}

/**
 * Reads it at `path`, which names the file or its folder; `shown` stands for that in messages.
 * @throws InputError, ModelError, LimitError
 */
export function readModelJson(path: string, shown = path, open: OpenFile = fileSource): ModelJson {
  const file = pathOfJson(path);
  const source = open(file);
  try {
    if (source.size > MAX_JSON_BYTES)
      throw new LimitError(
        `${shown} has ${source.size} bytes, and a model.json of more than ${MAX_JSON_BYTES} is not read`,
        { hint: 'Weights belong into shards beside it.' },
      );
    const json = parse(source.read(0, source.size), shown);
    return { json, path: file, folder: dirname(file) };
  } finally {
    source.close();
  }
}

function pathOfJson(path: string): string {
  try {
    return statSync(path).isDirectory() ? join(path, 'model.json') : path;
  } catch (error) {
    throw explainReadError(error, path);
  }
}

function parse(bytes: Uint8Array, shown: string): JsonObject {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new ModelError(`${shown} is no JSON: ${(error as Error).message.slice(0, 120)}`, {
      hint: 'It was cut off or changed: export or copy it again.',
      cause: error,
    });
  }
  if (isObject(json)) return json;
  throw new InputError(`${shown} is not a model.json: it holds no object`);
}
