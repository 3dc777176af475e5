/** Real files of Keras, unpacked for one test: `test/fixtures/keras-files`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readH5 } from '../../../shared/formats/keras/read-h5.ts';
import { readKeras } from '../../../shared/formats/keras/read-keras.ts';
import type { SourceModel } from '../../../shared/formats/source-model.ts';
import { errorOf, runModel } from './_run.ts';

export interface KerasFileCase {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly input: readonly number[];
  /** What Keras computes of 0, 0.1, 0.2 …; null for what is refused. */
  readonly outputs: readonly number[] | null;
}

const FIXTURE = new URL('../../fixtures/keras-files/files.json.gz', import.meta.url);

export const fileCases: readonly KerasFileCase[] = JSON.parse(
  gunzipSync(readFileSync(FIXTURE)).toString(),
);

/** The case of that name. */
export function fileCase(name: string): KerasFileCase {
  const found = fileCases.find((item) => item.name === name);
  if (!found) throw new Error(`there is no case "${name}"`);
  return found;
}

/** The bytes of the file that is opened. */
export const bytesOfCase = ({ files }: KerasFileCase): Uint8Array =>
  new Uint8Array(Buffer.from(Object.values(files)[0] ?? '', 'base64'));

/** Runs `work` on the file of a case, or on other bytes under its name. */
export async function withFile<T>(
  { files }: KerasFileCase,
  work: (path: string) => Promise<T>,
  bytes?: Uint8Array,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-test-'));
  try {
    const [first = ''] = Object.keys(files);
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(folder, name), Buffer.from(text, 'base64'));
    if (bytes) writeFileSync(join(folder, first), bytes);
    return await work(join(folder, first));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const readAny = (path: string): Promise<SourceModel> =>
  (path.endsWith('.h5') ? readH5 : readKeras)(path, { shown: basename(path) });

/** How far the converted model is from Keras, as a share of the range. */
export async function errorOfFile(item: KerasFileCase): Promise<number> {
  return withFile(item, async (path) => {
    using source = await readAny(path);
    const [input] = source.model.graph.inputs;
    const [output] = source.model.graph.outputs;
    const count = item.input.reduce((product, size) => product * size, 1);
    const data = Float32Array.from({ length: count }, (_, index) => index / 10);
    const results = await runModel(source.model, {
      [input?.name ?? '']: { type: 'float32', dims: item.input, data },
    });
    const got = results[output?.name ?? ''];
    const wanted = Float32Array.from(item.outputs ?? []);
    return errorOf(got, { type: 'float32', dims: got?.dims ?? [], data: wanted });
  });
}
