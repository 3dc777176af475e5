/** Which models of a commit a change may have touched, and which model of the other commit each of them was. */
import { baseOf, folderOf, stemOf } from '../../shared/pipeline/distributed/object-key.ts';
import { mayBeModel } from '../../shared/pipeline/project/file-kinds.ts';
import type { Place } from './places.ts';

/** What lies beside models and is no part of one: a change of it is no reason to read a model's header. */
const NO_WEIGHTS =
  /\.(md|txt|rst|py|[cm]?[jt]sx?|json|ya?ml|toml|html|css|csv|jsonl|npz|npy|ipynb|sh|png|jpe?g|gif|svg)$/i;

/** Whether any of its files may be among the changed paths: its own, or what its header may name. */
export function mayHaveChanged({ candidate }: Place, changed: ReadonlySet<string>): boolean {
  const { entry, kind } = candidate;
  if (changed.has(entry.key)) return true;
  const folder = folderOf(entry.key);
  const beside = [...changed].filter((path) => path.startsWith(folder));
  if (kind !== 'file') return beside.length > 0;
  if (/\.h5$/i.test(entry.key)) return beside.some((path) => path.endsWith('.json'));
  if (!/\.onnx$/i.test(entry.key)) return false;
  return beside.some((path) => !mayBeModel(path) && !NO_WEIGHTS.test(path));
}

/** Models that are gone, to be taken as the former place of a new one, each once. */
export class GonePlaces {
  readonly #places: Place[];

  constructor(places: readonly Place[]) {
    this.#places = [...places];
  }

  /** The same bytes, else the same name in the same folder, else the same name. */
  takeFor(place: Place): Place | undefined {
    const entry = place.candidate.entry;
    const found =
      this.#places.find(({ candidate }) => candidate.entry.etag === entry.etag) ??
      this.#places.find((gone) => fullStem(gone) === fullStem(place)) ??
      this.#places.find((gone) => baseOf(fullStem(gone)) === baseOf(fullStem(place)));
    if (found) this.#places.splice(this.#places.indexOf(found), 1);
    return found;
  }

  /** It was found by its name. */
  drop(path: string): void {
    const at = this.#places.findIndex(({ candidate }) => candidate.entry.key === path);
    if (at >= 0) this.#places.splice(at, 1);
  }

  get rest(): readonly Place[] {
    return this.#places;
  }
}

/** A folder's model has the folder's name. */
function fullStem({ candidate: { kind, entry } }: Place): string {
  return stemOf(kind === 'file' ? entry.key : folderOf(entry.key));
}
