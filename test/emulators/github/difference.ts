/** What differs between two trees, as GitHub lists it. */
import type { GitObjects, Leaf } from './git-objects.ts';

export interface FileDifference {
  readonly path: string;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed';
  readonly previousPath?: string;
  /** The blob's id after the change, or the one that was removed. */
  readonly sha: string;
}

/** In order of paths. Renames are found where the content stayed the same; GitHub also finds similar ones. */
export function differences(
  objects: GitObjects,
  before: string,
  after: string,
): readonly FileDifference[] {
  const [old, young] = [objects.files(before), objects.files(after)];
  const gone = [...old].filter(([path]) => !young.has(path));
  const bySha = new Map(gone.map(([path, { sha }]) => [sha, path]));
  const found: FileDifference[] = [];
  const moved = new Set<string>();
  for (const [path, { sha, mode }] of young) {
    const previous = old.get(path);
    const from = bySha.get(sha);
    if (previous?.sha === sha && previous.mode === mode) continue;
    if (previous) found.push({ path, status: 'modified', sha });
    else if (from !== undefined && !moved.has(from)) {
      moved.add(from);
      found.push({ path, status: 'renamed', previousPath: from, sha });
    } else found.push({ path, status: 'added', sha });
  }
  for (const [path, { sha }] of gone)
    if (!moved.has(path)) found.push({ path, status: 'removed', sha });
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** The files of a merge: what the head changed since the base of both, upon the other side. */
export function mergedFiles(
  objects: GitObjects,
  trees: { readonly base: string; readonly ours: string; readonly theirs: string },
): ReadonlyMap<string, Leaf> {
  const merged = objects.files(trees.ours);
  const [base, theirs] = [objects.files(trees.base), objects.files(trees.theirs)];
  for (const [path, leaf] of theirs)
    if (base.get(path)?.sha !== leaf.sha || base.get(path)?.mode !== leaf.mode)
      merged.set(path, leaf);
  for (const path of base.keys()) if (!theirs.has(path)) merged.delete(path);
  return merged;
}
