/**
 * What the shards of a round gave becomes records of the store. Workers run strangers' models: a result counts
 * for the step that was ordered and no other, in the form that the step promises, and its bytes are what they
 * are said to be.
 */
import type { Digest } from '../../base/brand.ts';
import { DefectError, LimitError } from '../../base/errors.ts';
import { toWire } from '../local/error-wire.ts';
import { stepTitle } from '../local/step-title.ts';
import { loadStep } from '../steps/registry.ts';
import type { StepRecord, Store } from '../store/store.ts';
import { type ExecutionKeys, type Place, type Round, readResult } from './execution.ts';
import { isMeasuringLane } from './lanes.ts';
import type { ObjectStore } from './object-store.ts';
import type { ShardResult, StepFailure } from './result.ts';

/** A store that takes in what others have put beside it. */
export interface AdoptingStore extends Store {
  /** The objects under `keys`, one behind the other, if they have the bytes of this digest. @throws ToolError when they have others */
  adopt(digest: Digest, ...keys: readonly string[]): Promise<void>;
  /** Copies a blob to an object of this key, unless there is one. @throws InputError when there is no such blob */
  copyTo(digest: Digest, key: string): Promise<void>;
  /** The same store, which joins blobs of these files, too, without taking them in. */
  beside(files: ReadonlyMap<Digest, Place>): AdoptingStore;
}

type Ordered = Round['open'][number];

/** The round with all that its shards gave: nothing is open any more. Twice the same gives the same. */
export async function collectResults(
  round: Round,
  keys: ExecutionKeys,
  objects: ObjectStore,
  store: AdoptingStore,
): Promise<Round> {
  const failed = { ...round.failed };
  const ran = [...round.ran];
  const expired = { ...round.expired };
  let { seconds, machine } = round;
  const results = await Promise.all(
    round.open.map((ordered) =>
      collect(ordered, expired[ordered.key] ?? 0, { keys, objects, store }),
    ),
  );
  for (const result of results) {
    // It stays open, and is ordered again.
    if (result.status === 'expired') expired[result.key] = (expired[result.key] ?? 0) + 1;
    else if (result.status === 'failed') failed[result.key] = result;
    else {
      ran.push(result.key);
      seconds += result.seconds;
    }
  }
  // Of several architectures the report's machine is that of the lane that every stack has.
  const measured = round.open.flatMap(({ lane }, index) => {
    const result = results[index];
    return isMeasuringLane(lane) && result?.status === 'done' ? [{ lane, result }] : [];
  });
  const own = measured.find(({ lane }) => lane === 'measure');
  machine = own?.result.machine ?? machine ?? measured[0]?.result.machine;
  return { ...round, open: [], failed, ran, expired, seconds, ...(machine && { machine }) };
}

interface Office {
  readonly keys: ExecutionKeys;
  readonly objects: ObjectStore;
  readonly store: AdoptingStore;
}

interface Expired {
  readonly status: 'expired';
  readonly key: string;
}

async function collect(
  ordered: Ordered,
  expiredBefore: number,
  { keys, objects, store }: Office,
): Promise<ShardResult | Expired> {
  const { key } = ordered;
  const result =
    (await readResult(objects, keys.result(key))) ?? (await readResult(objects, keys.failure(key)));
  if (!result) {
    const marker = await objects.head(keys.expired(key, expiredBefore));
    return marker ? { status: 'expired', key } : failure(ordered, lost(ordered));
  }
  if (result.key !== key) return failure(ordered, notBelieved(ordered, 'is of another step'));
  if (result.status === 'failed') return result;
  try {
    await keep(ordered, result, keys, store);
    return result;
  } catch (error) {
    return failure(ordered, error);
  }
}

async function keep(
  ordered: Ordered,
  result: Extract<ShardResult, { status: 'done' }>,
  keys: ExecutionKeys,
  store: AdoptingStore,
): Promise<void> {
  const step = await loadStep(ordered.step);
  const output = step.output.safeParse(result.output);
  if (!output.success) throw notBelieved(ordered, 'has not the form of its step');
  const blobs = step.blobs(output.data);
  const places = new Map(
    result.blobs.map((blob): [Digest, readonly string[]] => [
      blob.digest,
      'slot' in blob
        ? [keys.blob(ordered.key, blob.slot)]
        : Array.from({ length: blob.pieces }, (_, index) => keys.piece(ordered.key, index)),
    ]),
  );
  for (const blob of new Set(blobs)) {
    if (await store.hasBlob(blob)) continue;
    const place = places.get(blob);
    if (place === undefined) throw notBelieved(ordered, `names ${blob}, which it did not upload`);
    await store.adopt(blob, ...place);
  }
  const record: StepRecord = {
    step: step.name,
    version: step.version,
    key: ordered.key,
    output: output.data,
    blobs,
    seconds: result.seconds,
  };
  await store.writeStep(record, { replace: ordered.fresh });
}

const failure = ({ key }: Ordered, error: unknown): StepFailure => ({
  schema: 'fettle.result/1',
  key,
  status: 'failed',
  error: toWire(error),
});

const lost = ({ step }: Ordered): LimitError =>
  new LimitError(`the worker ended while ${stepTitle(step)} and left no result`, {
    hint: 'It probably ran out of memory: give the lane more, or take a smaller model.',
  });

const notBelieved = ({ step }: Ordered, why: string): DefectError =>
  new DefectError(`what came back from ${stepTitle(step)} ${why}`);
