/** Any text as a model.json, with one shard beside it: a clean error or a model, whose weights can be decoded. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FettleError } from '../../../shared/base/errors.ts';
import { isObject } from '../../../shared/formats/keras/config.ts';
import { convertModelJson } from '../../../shared/formats/tfjs/read-tfjs.ts';
import { ShardFiles } from '../../../shared/formats/tfjs/shards.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-fuzz-tfjs-'));
writeFileSync(
  join(folder, 'a'),
  Uint8Array.from({ length: 8 }, (_, index) => index),
);

/** @throws whatever is not an error for the user */
export function fuzz(data: Uint8Array): void {
  const files = new ShardFiles(folder);
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(data));
    if (isObject(json)) encodeModel(convertModelJson(json, files, { shown: 'm' }).model);
  } catch (error) {
    const isRefused =
      error instanceof SyntaxError || (error instanceof FettleError && error.exitCode !== 70);
    if (!isRefused) throw error;
  } finally {
    files.close();
  }
}
