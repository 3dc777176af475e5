/** A commit as a listing of objects: what tells models and data apart in a bucket does so in a repository. */
import {
  type Candidate,
  candidateAt,
  type Drop,
  sortDrop,
} from '../../shared/pipeline/distributed/drop.ts';
import { homeOf } from '../../shared/pipeline/distributed/home.ts';
import { baseOf } from '../../shared/pipeline/distributed/object-key.ts';
import { mayBeModel, mayBeModelFolder } from '../../shared/pipeline/project/file-kinds.ts';
import type { CommitTree } from './commit-tree.ts';

/** A model as far as paths tell, with what lies around it. */
export interface Place {
  readonly candidate: Candidate;
  readonly drop: Drop;
}

/** Whether a file of this name may be a model, or make its folder one. */
const mayBeEntry = (name: string): boolean =>
  mayBeModel(name) || mayBeModelFolder(name) || name === 'saved_model.pbtxt';

/** Everything below a folder, which is named with its `/`; the root by the empty text. */
function dropOf({ objects }: CommitTree, prefix: string): Drop {
  const below = [...objects.values()].filter(({ key }) => key.startsWith(prefix));
  return sortDrop(prefix, below);
}

/** All models of the folders that these paths belong to. */
export function placesNear(tree: CommitTree, paths: Iterable<string>): Place[] {
  const isThere = (path: string): boolean => tree.files.has(path);
  const homes = new Set<string>();
  for (const path of paths) homes.add(homeOf(path, isThere));
  // Most folders of a repository hold no model, and each that does is listed as a whole.
  const entries = [...tree.files.keys()].filter((path) => mayBeEntry(baseOf(path)));
  const withModels = new Set(entries.map((path) => homeOf(path, isThere)));
  const chosen = [...homes].filter((home) => withModels.has(home));
  return chosen.flatMap((home) => {
    const drop = dropOf(tree, home);
    return drop.candidates.map((candidate) => ({ candidate, drop }));
  });
}

/** The file or folder to open, from the root. */
export function pathOf({ candidate, drop }: Place): string {
  if (candidate.path === '.') return drop.prefix.replace(/\/$/, '') || '.';
  return drop.prefix + candidate.path;
}

/** The model at a path, whatever its folder; `undefined` where there is none. */
export function placeAt(
  path: string,
  name: string,
  { objects: below }: CommitTree,
): Place | undefined {
  const drop: Drop = {
    prefix: '',
    objects: below,
    below,
    candidates: [],
    data: [],
    others: [],
    ignored: [],
  };
  const candidate = candidateAt(path, name, drop);
  return candidate && { candidate, drop };
}
