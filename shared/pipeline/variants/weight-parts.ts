/**
 * A quantized model in parts: which bytes of its files each part makes, what it reads for them, and which bytes lie in
 * a file of the source as they are. Decided from the header alone, before any weight is read.
 */
import { z } from 'zod';
import type { PlannedFile } from '../../onnx/file-plan.ts';
import {
  type FileWindow,
  keptFrom,
  type Payload,
  payloadsOf,
  readsOf,
} from '../../onnx/file-windows.ts';
import { type PartSizes, partBytes } from '../parts.ts';

/** As a stored model calls its data; see `storeModel`. */
export const DATA_LOCATION = 'model.onnx.data';

export const windowSchema = z.object({ offset: z.int().min(0), length: z.int().min(0) });

/** What a part reads of the files beside the source, by location. */
export const readsSchema = z.array(
  z.object({ location: z.string(), ranges: z.array(windowSchema).readonly() }),
);
export type PartReads = z.infer<typeof readsSchema>;

/** Of the file at `location`. */
export const rangesOf = (reads: PartReads, location: string): readonly FileWindow[] =>
  reads.filter((one) => one.location === location).flatMap(({ ranges }) => [...ranges]);

const pieceSchema = z.discriminatedUnion('kind', [
  /** Has to be made. */
  windowSchema.extend({ kind: z.literal('made'), reads: readsSchema }),
  /** Lies from `from` on in the file of this location. */
  windowSchema.extend({
    kind: z.literal('kept'),
    location: z.string(),
    from: z.int().min(0),
  }),
]);
type Piece = z.infer<typeof pieceSchema>;

/** A file of the new model: pieces one behind the other. */
export const layoutSchema = z.object({
  file: z.enum(['model', 'data']),
  bytes: z.int(),
  pieces: z.array(pieceSchema).readonly(),
});
export type FileLayout = z.infer<typeof layoutSchema>;

/** `undefined`: some tensor does not tell what it is made of, so that nobody knows what a part would read. */
export function layOutFile(
  name: FileLayout['file'],
  file: PlannedFile,
  sizes: PartSizes,
): FileLayout | undefined {
  const payloads = payloadsOf(file);
  const size = partBytes(file.bytes, sizes);
  const pieces: Piece[] = [];
  for (const piece of cut(file.bytes, size, sizes.chunk, payloads)) {
    if (piece.kind === 'kept') {
      pieces.push(piece);
      continue;
    }
    const reads = readsOf(payloads, piece);
    if (!reads) return undefined;
    pieces.push({
      ...piece,
      reads: [...reads].map(([location, ranges]) => ({ location, ranges: [...ranges] })),
    });
  }
  return { file: name, bytes: file.bytes, pieces };
}

type Cut = Exclude<Piece, { kind: 'made' }> | (FileWindow & { readonly kind: 'made' });

/** Runs of chunks that are kept, and parts of at most `size` of those between. */
function cut(bytes: number, size: number, chunk: number, payloads: readonly Payload[]): Cut[] {
  const cuts: Cut[] = [];
  for (let offset = 0; offset < bytes; offset += chunk) {
    const window = { offset, length: Math.min(chunk, bytes - offset) };
    const kept = keptFrom(payloads, window);
    const next: Cut = kept
      ? { ...window, kind: 'kept', location: kept.location, from: kept.offset }
      : { ...window, kind: 'made' };
    const last = cuts.at(-1);
    if (last && goesOn(last, next, size))
      cuts[cuts.length - 1] = { ...last, length: last.length + next.length };
    else cuts.push(next);
  }
  return cuts;
}

function goesOn(last: Cut, next: Cut, size: number): boolean {
  if (last.kind === 'made') return next.kind === 'made' && last.length + next.length <= size;
  return (
    next.kind === 'kept' && next.location === last.location && next.from === last.from + last.length
  );
}
