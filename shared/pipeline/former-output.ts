/**
 * What an earlier run left in the output folder: files that a new result of the same model does not have
 * any more go, so that nobody ships them; those of other models stay, and stay listed.
 *
 * Only what the former manifest lists is looked at, and only a file that still has the digest listed there
 * is removed: what somebody changed or put there is theirs.
 */
import { lstat, mkdir, readFile, realpath, rename } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { z } from 'zod';
import { digestFile } from '../base/digest.ts';
import { explainWriteError } from '../base/files.ts';

const fileSchema = z.object({
  path: z.string(),
  sha256: z.string(),
  bytes: z.number(),
  model: z.string().optional(),
  variant: z.string().optional(),
  target: z.string().optional(),
  hardware: z.string().optional(),
});
const modelSchema = z.looseObject({ name: z.string(), configuration: z.string().optional() });
const manifestSchema = z.object({
  schema: z.literal('fettle.manifest/1'),
  tool: z.unknown(),
  createdAt: z.string(),
  models: z.array(modelSchema),
  files: z.array(fileSchema),
});

export type ManifestFile = z.infer<typeof fileSchema>;
export type ManifestModel = z.infer<typeof modelSchema>;

/** Which models a run made anew, and which it knows to be gone. */
export interface RunScope {
  /** Their results replace former ones. */
  readonly made: ReadonlySet<string>;
  /** Part of the run, but failed as a whole: what there was stays. */
  readonly failed: ReadonlySet<string>;
  /** Of a run of a whole configuration, as the manifest names it: its models that are in neither set are gone. */
  readonly configuration?: string | undefined;
}

/** A former output, divided: entries that go on being listed, and files to remove. */
export interface FormerOutput {
  readonly models: readonly ManifestModel[];
  readonly files: readonly ManifestFile[];
  readonly stale: readonly ManifestFile[];
}

/** Reads the former manifest, where there is one that can be read, and divides what it lists. */
export async function readFormerOutput(folder: string, scope: RunScope): Promise<FormerOutput> {
  const manifest = await readManifest(folder);
  if (!manifest) return { models: [], files: [], stale: [] };
  const { tool, createdAt } = manifest;
  const isGone = ({ name, configuration }: ManifestModel): boolean =>
    scope.made.has(name) ||
    (scope.configuration !== undefined &&
      configuration === scope.configuration &&
      !scope.failed.has(name));
  const gone = new Set(manifest.models.filter(isGone).map(({ name }) => name));
  const kept = manifest.models.filter((model) => !isGone(model));
  const keptNames = new Set(kept.map(({ name }) => name));
  const files: ManifestFile[] = [];
  const stale: ManifestFile[] = [];
  for (const file of manifest.files) {
    if (file.model === undefined) continue;
    if (gone.has(file.model)) stale.push(file);
    else if (keptNames.has(file.model) && (await ownSize(folder, file.path)) === file.bytes)
      files.push(file);
  }
  // When and by what: the manifest's own fields speak of the new run.
  return { models: kept.map((model) => ({ createdAt, tool, ...model })), files, stale };
}

/** Moves stale files that are unchanged into `aside`, unless they are, by name or on disk, one of `current`. */
export async function setAsideStale(
  folder: string,
  stale: readonly ManifestFile[],
  current: readonly ManifestFile[],
  aside: string,
): Promise<void> {
  const names = new Set(current.map(({ path }) => path));
  // Where case makes no difference, another name may be the same file.
  const nodes = new Set<string>();
  for (const { path } of current) nodes.add((await nodeOf(join(folder, path))) ?? '');
  for (const { path, bytes, sha256 } of stale) {
    const place = join(folder, path);
    if (names.has(path) || (await ownSize(folder, path)) !== bytes) continue;
    const node = await nodeOf(place);
    if (node === undefined || nodes.has(node) || (await digestFile(place)) !== sha256) continue;
    try {
      await mkdir(dirname(join(aside, path)), { recursive: true });
      await rename(place, join(aside, path));
    } catch (error) {
      throw explainWriteError(error, place);
    }
  }
}

async function readManifest(folder: string): Promise<z.infer<typeof manifestSchema> | undefined> {
  try {
    const text = await readFile(join(folder, 'manifest.json'), 'utf8');
    return manifestSchema.safeParse(JSON.parse(text)).data;
  } catch {
    // None, or somebody else's: nothing is known of what lies here.
    return undefined;
  }
}

/** The size of a plain file that lies in the folder, not behind a link and not outside it. */
async function ownSize(folder: string, path: string): Promise<number | undefined> {
  try {
    const root = await realpath(folder);
    const real = await realpath(join(folder, path));
    const inside = relative(root, real);
    const isInside = inside !== '' && !inside.startsWith('..') && !isAbsolute(inside);
    const info = await lstat(join(folder, path));
    const isPlain = !isAbsolute(path) && !path.split(/[\\/]/).includes('..') && info.isFile();
    // A folder on the way that is a link leads to files which somebody keeps elsewhere.
    const isDirect = inside.split(sep).length === path.split('/').length;
    return isInside && isPlain && isDirect ? info.size : undefined;
  } catch {
    return undefined;
  }
}

async function nodeOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await lstat(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
