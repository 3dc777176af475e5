/** Models between steps: bytes in the store, named by digest; files again where a runtime opens them. */
import { copyFile, link, mkdir, symlink } from 'node:fs/promises';
import { basename, dirname, extname, join, relative } from 'node:path';
import { z } from 'zod';
import type { Digest } from '../base/brand.ts';
import { hexOf } from '../base/digest.ts';
import { errorCode } from '../base/files.ts';
import { isInside } from '../base/inside-folder.ts';
import type { ReadableEntry } from '../formats/detect.ts';
import { identifySource } from '../formats/open-source.ts';
import { LOCAL_FILES } from '../onnx/file-access.ts';
import type { Model } from '../onnx/model.ts';
import { writeModel } from '../onnx/write-model.ts';
import type { Tools } from './step.ts';

/** A digest in a step's input or output. */
export const digestSchema = z.custom<Digest>(
  (value) => typeof value === 'string' && /^(sha256|tree256):[0-9a-f]{64}$/.test(value),
  'not a digest',
);

const externalFileSchema = z.object({
  /** Beside the model: what a worker says of a stranger's model may not lead elsewhere. */
  location: z.string().refine(isInside, 'leads out of the folder'),
  digest: digestSchema,
});

/** A model file, with the files of weights beside it that it names. */
export const artifactSchema = z.object({
  digest: digestSchema,
  /** Of all its files. */
  bytes: z.number(),
  /** `.onnx` or `.ort`: runtimes go by it. */
  suffix: z.string(),
  external: z.array(externalFileSchema).optional(),
});
export type StoredArtifact = z.infer<typeof artifactSchema>;

/** Every stored blob of an artifact. */
export const artifactBlobs = ({ digest, external = [] }: StoredArtifact): Digest[] => [
  digest,
  ...external.map((file) => file.digest),
];

/** Writes a model into the store. */
export async function storeModel(model: Model, tools: Tools): Promise<StoredArtifact> {
  const path = join(tools.tempDir, 'model.onnx');
  const { files, bytes } = writeModel(model, path);
  const external = [];
  for (const file of files.slice(1)) {
    external.push({ location: basename(file), digest: await tools.store.putFile(file) });
  }
  return {
    digest: await tools.store.putFile(path),
    bytes,
    suffix: '.onnx',
    ...(external.length > 0 && { external }),
  };
}

/** A path with the artifact's suffix and its external files beside it. Not to be changed. */
export async function artifactPath(
  artifact: Omit<StoredArtifact, 'bytes'>,
  tools: Pick<Tools, 'locate' | 'tempDir'>,
): Promise<string> {
  const place = await tools.locate(artifact.digest);
  // One of the job's own files: what it names lies beside it already.
  const isSource = basename(place) !== hexOf(artifact.digest);
  if (isSource) return place;
  const folder = join(tools.tempDir, hexOf(artifact.digest).slice(0, 16));
  const path = join(folder, `model${artifact.suffix}`);
  await linkOnce(place, path);
  for (const { location, digest } of artifact.external ?? []) {
    await linkOnce(await tools.locate(digest), join(folder, location), true);
  }
  return path;
}

/**
 * A model of the user's, as an artifact: its digest covers all files that it is made of. `known`: its format, where
 * that was told before.
 * @throws InputError, UnsupportedError for a format that is not read, ModelError
 */
export async function sourceArtifact(
  path: string,
  shown = path,
  known?: ReadableEntry,
  access = LOCAL_FILES,
): Promise<StoredArtifact> {
  const { format, digest, bytes, digests } = await identifySource(path, shown, known, access);
  // Of other formats nothing is read but through the source itself.
  const beside = format === 'onnx' ? [...digests].slice(1) : [];
  const external = beside.map(([file, own]) => ({
    location: relative(dirname(path), file),
    digest: own,
  }));
  return {
    digest,
    bytes,
    suffix: extname(path) || (format === 'onnx' ? '.onnx' : ''),
    ...(external.length > 0 && { external }),
  };
}

/** Models by symbolic link; external data by hard link, because a reader follows no link out of the folder. */
async function linkOnce(from: string, to: string, hard = false): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  try {
    await (hard ? link(from, to) : symlink(from, to));
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    // Another file system, or one without links.
    await copyFile(from, to);
  }
}
