/** Which files a model becomes, how large each is, and how its bytes come, before any is written. */
import { DefectError } from '../base/errors.ts';
import { ExternalLayout } from './external-layout.ts';
import { EXTERNAL_ABOVE_BYTES } from './limits.ts';
import type { Model } from './model.ts';
import { writeModelMessage } from './wire/model.ts';
import type { ByteTarget, NoteOffset, PlaceOf } from './wire/sink.ts';
import { SizeSink } from './wire/size-sink.ts';
import { StreamSink } from './wire/stream-sink.ts';
import { streamPayload } from './wire/tensor.ts';

/** Whether weights go to a file beside the model: `auto`, when the model would pass 1.9 GB. */
export type External = 'auto' | 'always' | 'never';

/** Bytes by position. */
export interface PlacedTarget extends ByteTarget {
  readonly position: number;
  /** Goes on at `position`; what lies between reads as zeros. */
  skipTo(position: number): void;
}

/** A file of a model. */
export interface PlannedFile {
  readonly bytes: number;
  /** Gives all of its bytes, in order, and tells where tensors lie among them; may be called again. */
  readonly stream: (target: PlacedTarget, note?: NoteOffset) => void;
}

export interface FilePlan {
  readonly model: PlannedFile;
  /** With the name that the model calls it by. */
  readonly data?: PlannedFile & { readonly location: string };
}

const nowhere: PlaceOf = () => undefined;

/** Measures the model as one file and, when it must not be one, as two, of which the second is called `location`. */
export function planFiles(model: Model, location: string, external: External = 'auto'): FilePlan {
  if (external !== 'always') {
    const sizes = new SizeSink(nowhere);
    writeModelMessage(sizes, model);
    if (external === 'never' || sizes.size <= EXTERNAL_ABOVE_BYTES)
      return { model: modelFile(model, sizes, undefined) };
  }
  const layout = new ExternalLayout(location);
  const sizes = new SizeSink((tensor) => layout.placeOf(tensor));
  writeModelMessage(sizes, model);
  const file = modelFile(model, sizes, layout);
  if (layout.places.size === 0) return { model: file };
  const stream = (target: PlacedTarget, note?: NoteOffset): void =>
    streamWeights(target, layout, note);
  return { model: file, data: { bytes: layout.size, stream, location } };
}

function modelFile(model: Model, sizes: SizeSink, layout: ExternalLayout | undefined): PlannedFile {
  return {
    bytes: sizes.size,
    stream(target, note) {
      const placeOf: PlaceOf = (tensor) => layout?.places.get(tensor);
      const sink = new StreamSink(target, sizes.lengths, placeOf, note);
      writeModelMessage(sink, model);
      sink.flush();
      if (target.position !== sizes.size)
        throw new DefectError(`${target.position} bytes were written, ${sizes.size} measured`);
    },
  };
}

function streamWeights(target: PlacedTarget, layout: ExternalLayout, note?: NoteOffset): void {
  for (const [tensor, place] of layout.places) {
    target.skipTo(place.offset);
    note?.(tensor, place.offset);
    streamPayload(tensor, target);
    const given = target.position - place.offset;
    if (given !== place.length)
      throw new DefectError(
        `tensor '${tensor.name}' gave ${given} bytes, ${place.length} were announced`,
      );
  }
}
