/**
 * The source model's outputs, recorded while the first variant is scored and read again for the others:
 * on OCR lines the source took half of the time of scoring. They lie in a file, so memory does not grow.
 */
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { DefectError } from '../base/errors.ts';
import { explainWriteError, makeTempDir } from '../base/files.ts';
import type { NamedTensors } from '../base/tensor.ts';

/** More is not kept: the temporary folder is often in memory. The rest is computed again. */
const MAX_BYTES = 2e9;

/** Outputs of one model on samples by number. Closing removes the file. */
export class RecordedOutputs {
  readonly #path: string;
  readonly #file: number;
  readonly #maxBytes: number;
  readonly #places = new Map<number, { readonly offset: number; readonly length: number }>();
  #end = 0;

  constructor(folder: string, maxBytes = MAX_BYTES) {
    this.#path = join(folder, 'outputs');
    this.#file = openSync(this.#path, 'w+');
    this.#maxBytes = maxBytes;
  }

  /** What was recorded, or what `compute` gives, recorded for the next time. */
  async get(index: number, compute: () => Promise<NamedTensors>): Promise<NamedTensors> {
    const place = this.#places.get(index);
    if (place) return this.#read(place);
    const outputs = await compute();
    const bytes = serialize(outputs);
    if (this.#end + bytes.length <= this.#maxBytes) this.#append(index, bytes);
    return outputs;
  }

  close(): void {
    closeSync(this.#file);
    rmSync(this.#path, { force: true });
  }

  #append(index: number, bytes: Buffer): void {
    try {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.#file, bytes, done, bytes.length - done, this.#end + done);
      }
    } catch (error) {
      throw explainWriteError(error, this.#path);
    }
    this.#places.set(index, { offset: this.#end, length: bytes.length });
    this.#end += bytes.length;
  }

  #read({ offset, length }: { readonly offset: number; readonly length: number }): NamedTensors {
    const bytes = Buffer.alloc(length);
    for (let done = 0; done < length; ) {
      const count = readSync(this.#file, bytes, done, length - done, offset + done);
      if (count === 0) throw new DefectError(`${this.#path} ends before what was recorded in it`);
      done += count;
    }
    return deserialize(bytes);
  }
}

interface Shared {
  readonly key: string;
  readonly outputs: RecordedOutputs;
  users: number;
}

let latest: Shared | undefined;

/** A record in use: it is closed when nobody uses it and another was asked for. */
export interface Lease extends Disposable {
  readonly outputs: RecordedOutputs;
}

/** The record of this key, kept until another is asked for: variants of one model come one after another. */
export function recordedOutputs(key: string): Lease {
  if (latest?.key !== key) {
    const former = latest;
    latest = { key, outputs: new RecordedOutputs(makeTempDir('outputs')), users: 0 };
    if (former?.users === 0) former.outputs.close();
  }
  const own = latest;
  own.users++;
  return {
    outputs: own.outputs,
    [Symbol.dispose]: () => {
      own.users--;
      if (own.users === 0 && own !== latest) own.outputs.close();
    },
  };
}
