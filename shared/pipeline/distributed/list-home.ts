/** Everything that lies below a prefix, unless something newer shows first. */
import { homeOf, keysThatTellHome } from './home.ts';
import { folderOf, keyProblem } from './object-key.ts';
import type { ObjectInfo, ObjectStore } from './object-store.ts';

/** The object that an event is about. */
export interface Arrival {
  readonly key: string;
  /** ISO 8601, when it was complete. */
  readonly time: string;
}

export interface HomeListing {
  readonly home: string;
  readonly objects: readonly ObjectInfo[];
  /** Something later arrived here: its own event sees all that this one does, and more. */
  readonly superseded: boolean;
  /** Of what is superseded: whether all that is later came in a later span of time, see `spanSeconds`. */
  readonly isLastOfSpan: boolean;
}

/** From the epoch on, time is cut into spans of so many seconds. */
const SPAN_SECONDS = 300;

/**
 * Keys below one prefix: ten thousand SavedModels of ten files, in a hundred requests. A prefix with more, such as the
 * root of an old inbox, is looked at around the object that arrived alone.
 */
const MAX_KEYS = 100_000;

/** The prefix that an arrival belongs to, and what is there. `isFinal`: nothing that is newer counts. */
export async function listHome(
  inbox: ObjectStore,
  arrival: Arrival,
  { isFinal = false, maxKeys = MAX_KEYS, spanSeconds = SPAN_SECONDS } = {},
): Promise<HomeListing> {
  const [home, own] = await Promise.all([findHome(inbox, arrival.key), inbox.head(arrival.key)]);
  const { isNewer, isInSpan } = isFinal ? NEVER : newerThan(arrival, own, spanSeconds);
  const objects: ObjectInfo[] = [];
  let hasNewer = false;
  for await (const object of inbox.list(home)) {
    // In one folder all belong to one prefix, wherever that is.
    if (folderOf(object.key) === folderOf(arrival.key) && isNewer(object)) {
      if (isInSpan(object)) return { home, objects, superseded: true, isLastOfSpan: false };
      hasNewer = true;
    }
    objects.push(object);
    if (objects.length > maxKeys) return listAround(inbox, home, arrival, isNewer, maxKeys);
  }
  const keys = new Set(objects.map(({ key }) => key));
  const newer = objects.filter(
    (object) => isNewer(object) && homeOf(object.key, (key) => keys.has(key)) === home,
  );
  const superseded = hasNewer || newer.length > 0;
  return { home, objects, superseded, isLastOfSpan: superseded && !newer.some(isInSpan) };
}

/** The prefix of a key, by asking for the few keys that tell. */
export async function findHome(inbox: ObjectStore, key: string): Promise<string> {
  const asked = keysThatTellHome(key);
  const found = await Promise.all(asked.map((one) => inbox.head(one)));
  const there = new Set(asked.filter((_, index) => found[index] !== undefined));
  return homeOf(key, (one) => there.has(one));
}

/** The files right in the prefix, and the folder below it that the arrival is in. */
async function listAround(
  inbox: ObjectStore,
  home: string,
  { key }: Arrival,
  isNewer: Tells,
  maxKeys: number,
): Promise<HomeListing> {
  const objects: ObjectInfo[] = [];
  const add = async (prefix: string, delimiter?: string): Promise<void> => {
    for await (const object of inbox.list(prefix, delimiter === undefined ? {} : { delimiter })) {
      if (objects.length >= maxKeys) return;
      objects.push(object);
    }
  };
  const [child, ...deeper] = key.slice(home.length).split('/');
  const folder = deeper.length > 0 ? `${home}${child}/` : undefined;
  if (folder !== undefined) await add(folder);
  await add(home, '/');
  // What arrives beside the folder does not look into it.
  const superseded = objects.some(
    (object) => object.key.startsWith(folder ?? home) && isNewer(object),
  );
  return { home, objects, superseded, isLastOfSpan: false };
}

type Tells = (object: ObjectInfo) => boolean;

const NEVER = { isNewer: (): boolean => false, isInSpan: (): boolean => false };

/** What clocks of S3 may differ by: an object is not overwritten by itself. */
const CLOCKS_DIFFER_MS = 5000;

/**
 * S3 tells times of objects in whole seconds, and of those uploaded in parts the time when that began: an object is
 * newer when even its beginning is later than the arrival. Of equal seconds the last key is the one that goes on, so
 * that of any number of arrivals exactly one is superseded by none.
 */
function newerThan(
  { key, time }: Arrival,
  own: ObjectInfo | undefined,
  spanSeconds: number,
): { readonly isNewer: Tells; readonly isInSpan: Tells } {
  const told = Date.parse(time);
  const begun = own?.lastModified.getTime() ?? told;
  // Never earlier than its own beginning, whatever the event says: else two objects could each be newer than the other.
  const second = secondOf(begun < told + CLOCKS_DIFFER_MS ? Math.max(begun, told) : told);
  const spanOf = (seconds: number): number => Math.floor(seconds / spanSeconds);
  return {
    isNewer: (object) => {
      // Nobody looks when one of these arrives.
      if (object.key.endsWith('/') || keyProblem(object.key) !== undefined) return false;
      const other = secondOf(object.lastModified.getTime());
      return other > second || (other === second && object.key > key);
    },
    isInSpan: ({ lastModified }) => spanOf(secondOf(lastModified.getTime())) === spanOf(second),
  };
}

const secondOf = (milliseconds: number): number => Math.floor(milliseconds / 1000);
