/** From what the user named to bytes on this machine: paths, Git LFS pointers, pinned addresses. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { hexOf } from '../../base/digest.ts';
import { type FettleError, InputError, LimitError, UnsupportedError } from '../../base/errors.ts';
import { explainReadError, explainWriteError, makeTempDir, stagingPath } from '../../base/files.ts';
import { resolveLfsPointer } from '../../base/lfs-pointer.ts';
import { type FileAccess, LOCAL_FILES } from '../../onnx/file-access.ts';
import type { DataPlace } from './data-form.ts';
import { type DataSpec, isAddress } from './spec.ts';

/** A data set that is fetched for a job; more belongs on the machine that measures (CWE-400). */
const FETCH_MAX_BYTES = 64 * 1024 ** 3;

/** The bytes behind an address, in order. A port: `functions/` brings one for `s3`. */
export type FetchAddress = (address: string) => Promise<AsyncIterable<Uint8Array>>;

export interface LocateOptions {
  /** By scheme, `https` and `s3`. `https` has a default. */
  readonly fetch?: Readonly<Record<string, FetchAddress>>;
  /** How files of the user's are looked at, where they are not all on this machine. */
  readonly access?: FileAccess;
  /** Where fetched files are kept, by digest; without it in a temporary folder of this process. */
  readonly cacheFolder?: string;
}

/** @throws InputError when nothing is there or it is not what `sha256` says */
export async function locateData(spec: DataSpec, options: LocateOptions = {}): Promise<DataPlace> {
  if (isAddress(spec.path)) {
    return { file: await fetchPinned(spec, options), shown: spec.path };
  }
  const { access = LOCAL_FILES } = options;
  const isHere = access.isHere(spec.path);
  const found = await stat(spec.path).catch((error: unknown) => {
    throw explainReadError(error, spec.path);
  });
  const file = found.isFile()
    ? await resolveLfsPointer(spec.path).catch((error: unknown) => {
        throw explainReadError(error, spec.path);
      })
    : spec.path;
  if (spec.sha256 !== undefined) {
    if (!found.isFile()) {
      throw new InputError(`${spec.path} is a folder: sha256 pins files`, { where: spec.path });
    }
    checkDigest(isHere ? await sha256OfFile(file) : await sha256Elsewhere(file, access), spec);
  }
  return { file, shown: spec.path, ...(!isHere && { open: access.open }) };
}

async function fetchPinned(spec: DataSpec, options: LocateOptions): Promise<string> {
  const { path: address, sha256 } = spec;
  if (sha256 === undefined) {
    throw new InputError(`${address} is not pinned: data behind an address needs its sha256`, {
      where: address,
      hint: 'Give { url: …, sha256: … }; `sha256sum FILE` prints it.',
    });
  }
  const folder = options.cacheFolder ?? temporaryCacheFolder();
  // The suffix tells the form; only the last part of the path is used, never a folder.
  const file = join(folder, `${sha256}-${basename(new URL(address).pathname)}`);
  if (existsSync(file)) return file;
  const scheme = new URL(address).protocol.slice(0, -1);
  const fetchAddress = options.fetch?.[scheme] ?? (scheme === 'https' ? fetchHttps : undefined);
  if (fetchAddress === undefined) throw unknownScheme(scheme, address);

  const staged = stagingPath(file);
  try {
    await mkdir(folder, { recursive: true });
    checkDigest(await writeHashed(await fetchAddress(address), staged, address), spec);
    await rename(staged, file);
  } catch (error) {
    await rm(staged, { force: true });
    throw explainWriteError(error, folder);
  }
  return file;
}

let temporaryCache: string | undefined;
function temporaryCacheFolder(): string {
  temporaryCache ??= makeTempDir('fetched');
  return temporaryCache;
}

async function writeHashed(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  address: string,
): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx');
  try {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > FETCH_MAX_BYTES) {
        throw new LimitError(`${address} has more than ${FETCH_MAX_BYTES} bytes`, {
          where: address,
        });
      }
      hash.update(chunk);
      await file.appendFile(chunk);
    }
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'r');
  for await (const chunk of file.createReadStream()) hash.update(chunk);
  return hash.digest('hex');
}

async function sha256Elsewhere(file: string, { digest }: FileAccess): Promise<string> {
  const found = await digest(file);
  if (found.startsWith('sha256:')) return hexOf(found);
  throw new UnsupportedError(`${file} is too large for a sha256 to be checked where it lies`, {
    where: file,
    hint: 'Leave sha256 out: what is done is done with the version that was uploaded.',
  });
}

function checkDigest(actual: string, { path, sha256 }: DataSpec): void {
  if (actual === sha256) return;
  throw new InputError(`${path} is not what sha256 says: wanted ${sha256}, got ${actual}`, {
    where: path,
    hint: 'The data has changed; if that is meant, update the sha256.',
  });
}

/** Reads an address over HTTPS. @throws InputError with the status or the reason */
export const fetchHttps: FetchAddress = async (address) => {
  const response = await fetch(address).catch((error: unknown) => {
    throw new InputError(`${address} cannot be fetched: ${reasonOf(error)}`, {
      where: address,
      cause: error,
    });
  });
  if (!response.ok || response.body === null) {
    throw new InputError(`${address} answered ${response.status} ${response.statusText}`, {
      where: address,
      hint: 'Check the address and that it needs no login.',
    });
  }
  return response.body;
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function unknownScheme(scheme: string, address: string): FettleError {
  if (scheme === 's3') {
    return new UnsupportedError(`${address}: this installation does not read from S3 by itself`, {
      where: address,
      hint: 'Copy it first: aws s3 cp ADDRESS FILE',
    });
  }
  return new InputError(`${address}: ${scheme}:// is not read, only https:// and s3://`, {
    where: address,
  });
}
