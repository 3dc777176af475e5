/** Orders for workers: each with the addresses of what it may read and write, and no other. */
import type { Digest } from '../../base/brand.ts';
import { hexOf } from '../../base/digest.ts';
import { DefectError } from '../../base/errors.ts';
import type { FileWindow } from '../../onnx/file-windows.ts';
import { digestSchema } from '../artifact.ts';
import type { AssignedStep } from './advance-round.ts';
import { type Execution, type ExecutionKeys, filesBeside, type Place } from './execution.ts';
import { isJobLane, workloadOf } from './lanes.ts';
import type { ObjectStore } from './object-store.ts';
import {
  BLOB_SLOTS,
  MAX_PIECES,
  type Order,
  PIECE_BYTES,
  RENEWED_EVERY_SECONDS,
  type RemoteFile,
  type RemoteInput,
} from './order.ts';

/** Makes addresses that allow one thing for a while, without any other right. */
export interface Addresses {
  /** Of an object of the outbox, or of the bucket and version named. */
  read(place: Pick<Place, 'key'> & Partial<Place>): Promise<string>;
  /** To put an object of the outbox. */
  write(key: string): Promise<string>;
  /** Where a blob lies. */
  blobKey(digest: Digest): string;
}

interface Office {
  readonly objects: ObjectStore;
  readonly addresses: Addresses;
  readonly runtime: string;
}

/** Writes the order of every step. Written again, they allow the same. */
export async function writeOrders(
  steps: readonly AssignedStep[],
  execution: Execution,
  keys: ExecutionKeys,
  office: Office,
): Promise<void> {
  const write = async (assigned: AssignedStep): Promise<void> => {
    const order = await orderFor(assigned, execution, keys, office);
    await office.objects.put(keys.order(assigned.step.key), JSON.stringify(order));
  };
  await Promise.all(steps.map(write));
}

async function orderFor(
  { step, lane, seconds, memoryBytes }: AssignedStep,
  execution: Execution,
  keys: ExecutionKeys,
  { addresses, runtime }: Office,
): Promise<Order> {
  const { key, name, version, input } = step;
  const beside = filesBeside(execution);
  const inputs = digestsIn(input, (digest) => digest in execution.sources).map((digest) =>
    remoteInput(digest, { execution, beside, addresses, reads: step.reads }),
  );
  const slots = Array.from({ length: BLOB_SLOTS }, (_, slot) =>
    addresses.write(keys.blob(key, slot)),
  );
  const pieces = Array.from({ length: piecesFor(workloadOf(input).bytes) }, (_, index) =>
    addresses.write(keys.piece(key, index)),
  );
  return {
    schema: 'fettle.order/1',
    execution: keys.execution,
    model: execution.job.name,
    key,
    step: name,
    version,
    input,
    runtime,
    inputs: await Promise.all(inputs),
    upload: {
      result: await addresses.write(keys.result(key)),
      blobs: await Promise.all(slots),
      ...(pieces.length > 0 && {
        pieces: { bytes: PIECE_BYTES, urls: await Promise.all(pieces) },
      }),
    },
    ...(isJobLane(lane) && {
      renewal: {
        url: await addresses.read({ key: keys.order(key) }),
        seconds: RENEWED_EVERY_SECONDS / 2,
      },
    }),
    seconds,
    memoryBytes,
  };
}

/** What is made of a model may be larger than it is, where codes become floats or a tenth is added. */
const GROWTH = 2;

/** How many pieces a step may have to put that works on a model of so many bytes; none where one request takes all. */
export function piecesFor(bytes: number): number {
  const largest = GROWTH * bytes;
  return largest <= PIECE_BYTES ? 0 : Math.min(MAX_PIECES, Math.ceil(largest / PIECE_BYTES));
}

interface Known {
  readonly execution: Execution;
  readonly beside: ReadonlyMap<Digest, Place>;
  readonly addresses: Addresses;
  readonly reads: ReadonlyMap<Digest, readonly FileWindow[]> | undefined;
}

async function remoteInput(
  digest: Digest,
  { execution, beside, addresses, reads }: Known,
): Promise<RemoteInput> {
  const rangesOf = (of: Digest | undefined): Pick<RemoteFile, 'ranges'> => {
    const ranges = of && reads?.get(of);
    return ranges ? { ranges } : {};
  };
  const source = execution.sources[digest];
  if (!source) {
    // By its digest, as in the store: that tells a blob from a file of the user's.
    const path = hexOf(digest);
    const place = beside.get(digest) ?? { key: addresses.blobKey(digest) };
    const url = await addresses.read(place);
    return { digest, entry: path, files: [{ path, url, ...rangesOf(digest) }] };
  }
  if (source.files.length === 0) throw new DefectError(`nothing is known of where ${digest} lies`);
  const own = new Map([...beside].map(([of, place]) => [place, of]));
  const files = source.files.map(async (place) => ({
    path: place.path,
    url: await addresses.read(place),
    ...rangesOf(own.get(place)),
  }));
  return { digest, entry: source.entry, files: await Promise.all(files) };
}

/**
 * Every digest that a step's input names, each once: all that the step may read. Weights beside a model of the user's
 * come with it; the same bytes may lie beside one of the store, too.
 */
export function digestsIn(
  input: unknown,
  isSource: (digest: Digest) => boolean = () => false,
): Digest[] {
  const found = new Set<Digest>();
  const visit = (value: unknown): void => {
    const digest = digestSchema.safeParse(value);
    if (digest.success) found.add(digest.data);
    else if (isArtifact(value) && isSource(value.digest)) found.add(value.digest);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  visit(input);
  return [...found];
}

const isArtifact = (value: unknown): value is { readonly digest: Digest } =>
  typeof value === 'object' &&
  value !== null &&
  'digest' in value &&
  digestSchema.safeParse(value.digest).success;
