/**
 * A source of which only some ranges may be read: those that somebody has announced, and that alone may be there.
 * Whatever else is read is refused, since where bytes are missing a sparse file gives zeros.
 */
import { DefectError } from '../base/errors.ts';
import type { FileWindow } from './file-windows.ts';
import type { ByteSource } from './stored-tensor.ts';

/** What was read is not among the ranges that were announced. */
export class NotAnnounced extends DefectError {}

/** The same source; `ranges` are in order and do not overlap. Reading elsewhere throws {@link NotAnnounced}. */
export function onlyRanges(source: ByteSource, ranges: readonly FileWindow[]): ByteSource {
  const check = (offset: number, length: number): void => {
    const isThere = ranges.some(
      (range) => offset >= range.offset && offset + length <= range.offset + range.length,
    );
    if (length > 0 && !isThere)
      throw new NotAnnounced(
        `bytes ${offset} to ${offset + length} of '${source.name}' were read and not announced`,
      );
  };
  return {
    name: source.name,
    size: source.size,
    read(offset, length) {
      check(offset, length);
      return source.read(offset, length);
    },
    readInto(target, offset) {
      check(offset, target.length);
      source.readInto(target, offset);
    },
    close: () => source.close(),
  };
}
