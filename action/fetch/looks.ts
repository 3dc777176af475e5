/** Looks into models of commits: their bytes are fetched as far as a look needs them. */
import { open } from 'node:fs/promises';
import { InputError } from '../../shared/base/errors.ts';
import { CONFIG_MAX_BYTES } from '../../shared/base/limits.ts';
import { detect } from '../../shared/formats/detect.ts';
import { type Inside, lookInside } from '../../shared/pipeline/distributed/look-inside.ts';
import { baseOf, folderOf } from '../../shared/pipeline/distributed/object-key.ts';
import type { CommitTrees } from '../changes/commit-tree.ts';
import type { Looks } from '../changes/find-changes.ts';
import type { RepositoryFile } from '../changes/model-change.ts';
import type { Place } from '../changes/places.ts';
import type { Side, Stage } from './stage.ts';

/** Whether the name is that of a format that is recognised and not read. */
export const isUnread = (path: string): boolean =>
  /\.(ort|pt|pth|pt2|safetensors|gguf)$/i.test(path);

/** Names of files with weights that an ONNX model may have beside it. */
const WEIGHTS = /(\.data|_data|\.bin|\.weights?|\.pb)$/i;

/**
 * `savesLfs`: models in Git LFS are told by their names, without their bytes, unless one may have weights beside it
 * that its header alone names.
 */
export function looksOf(
  trees: CommitTrees,
  stage: Stage,
  { savesLfs }: { readonly savesLfs: boolean },
): Looks {
  const entryOf = async (place: Place, side: Side): Promise<RepositoryFile> => {
    const file = trees[side]?.files.get(place.candidate.entry.key);
    if (!file) throw new TypeError(`unreachable: ${place.candidate.entry.key}`);
    return stage.resolve(file);
  };
  return {
    text: async (file) => {
      if (file.bytes > CONFIG_MAX_BYTES)
        throw new InputError(`${file.path} is too large for a configuration: ${file.bytes} bytes`, {
          where: file.path,
        });
      return stage.text(file);
    },
    resolve: (file) => stage.resolve(file),
    inside: async (place, side): Promise<Inside> => {
      const { candidate, drop } = place;
      const file = await entryOf(place, side);
      const entry = { ...candidate.entry, bytes: file.lfs?.bytes ?? file.bytes };
      if (savesLfs && file.lfs && !mayHaveWeightsBeside(place))
        return { kind: 'ready', files: [entry] };
      return lookInside({ ...candidate, entry }, drop, async (_, offset, length) =>
        readRange(await stage.file(side, file), offset, length),
      );
    },
    detect: async (place, side) => {
      const file = await entryOf(place, side);
      if (savesLfs && file.lfs) {
        const { key } = place.candidate.entry;
        return { title: 'of a format', isReadable: !isUnread(key) };
      }
      try {
        return await detect(await stage.file(side, file));
      } catch (error) {
        // What its bytes do not show to be a model is none.
        if (error instanceof InputError) return undefined;
        throw error;
      }
    },
  };
}

function mayHaveWeightsBeside({ candidate: { kind, entry }, drop }: Place): boolean {
  if (kind !== 'file') return true;
  const folder = folderOf(entry.key);
  const stem = baseOf(entry.key);
  return [...drop.below.keys()].some(
    (key) =>
      key !== entry.key &&
      key.startsWith(folder) &&
      (WEIGHTS.test(key) || baseOf(key).startsWith(stem)),
  );
}

async function readRange(path: string, offset: number, length: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  } finally {
    await file.close();
  }
}
