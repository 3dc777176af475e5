/**
 * A model without the weights that lie beside another one: it names the places where they lie. Whoever puts it beside
 * them reads the same model.
 */
import { LimitError } from '../base/errors.ts';
import { MAX_MODEL_FILE_BYTES } from './limits.ts';
import type { Model } from './model.ts';
import type { StoredTensor } from './stored-tensor.ts';
import { FileTarget } from './wire/byte-targets.ts';
import { writeModelMessage } from './wire/model.ts';
import type { ExternalPlace, PlaceOf } from './wire/sink.ts';
import { SizeSink } from './wire/size-sink.ts';
import { StreamSink } from './wire/stream-sink.ts';

/** Where the bytes of a tensor lie beside the model that it was read of; `undefined` for one that is made or lies in it. */
export function placeBeside({ storage }: StoredTensor): ExternalPlace | undefined {
  if (storage.kind !== 'file' || !storage.external) return undefined;
  const { offset, length } = storage.range;
  return { location: storage.external.location, offset, length };
}

export interface ReferringOptions {
  /** protobuf's own limit by default. */
  readonly maxBytes?: number;
  /** Where the bytes of a tensor lie; by default {@link placeBeside}. */
  readonly placeOf?: PlaceOf;
  /** How the file of all weights beside it is to be called; by default as it was. */
  readonly location?: string;
}

/** Writes it to a new file at `path`. @throws LimitError when it would be too large, before anything is written */
export function writeReferring(
  model: Model,
  path: string,
  {
    maxBytes = MAX_MODEL_FILE_BYTES,
    placeOf: placeIn = placeBeside,
    location,
  }: ReferringOptions = {},
): void {
  const placeOf: PlaceOf = (tensor) => {
    const place = placeIn(tensor);
    return place && location !== undefined ? { ...place, location } : place;
  };
  const sizes = new SizeSink(placeOf);
  writeModelMessage(sizes, model);
  if (sizes.size > maxBytes)
    throw new LimitError(
      `without the weights beside it the model has ${sizes.size} bytes, and ${maxBytes} are taken`,
    );
  const target = new FileTarget(path);
  try {
    const sink = new StreamSink(target, sizes.lengths, placeOf);
    writeModelMessage(sink, model);
    sink.flush();
  } finally {
    target.close();
  }
}
