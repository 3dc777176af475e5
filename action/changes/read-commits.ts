/** The trees of both commits, with all that the configuration names also in a repository too large for one answer. */
import type { RepositoryReader } from '../github/repository.ts';
import { type CommitTrees, readTrees } from './commit-tree.ts';
import { readConfiguration } from './configured-models.ts';
import type { RepositoryFile } from './model-change.ts';
import type { States } from './states.ts';

/** `textOf`: a small file. */
export async function readCommits(
  reader: RepositoryReader,
  { base, head, trusted }: Pick<States, 'base' | 'head' | 'trusted'>,
  configPath: string,
  textOf: (file: RepositoryFile) => Promise<string>,
): Promise<CommitTrees> {
  const first = await readTrees(reader, { base, head }, isOnTheWay([configPath]));
  if (first.isComplete) return first;
  const file = (trusted === 'base' ? first.base : first.head)?.files.get(configPath);
  if (!file) return first;
  const { models } = readConfiguration(await textOf(file), configPath);
  const named = models.flatMap(({ source, data, module }) => [
    source,
    ...data.map(({ path }) => path),
    ...(module === undefined ? [] : [module]),
  ]);
  return readTrees(reader, { base, head }, isOnTheWay([configPath, ...named]));
}

/** A folder, with its `/`, above one of the paths, or in a folder that is one of them. */
const isOnTheWay =
  (paths: readonly string[]) =>
  (folder: string): boolean =>
    paths.some((path) => path.startsWith(folder) || folder.startsWith(`${path}/`));
