/**
 * Text elements as TensorFlow packs them into bytes: all lengths as varints, in checkpoints their checksum,
 * then the texts. Source: `port::DecodeStringList`; `WriteStringTensor` of tensor_bundle.cc.
 */
import { sectionOf } from '../../../onnx/byte-source.ts';
import type { ByteRange } from '../../../onnx/stored-tensor.ts';
import { ByteCursor } from './byte-cursor.ts';

/** Of the lengths, in checkpoints. */
const CHECKSUM_BYTES = 4;

/** Texts that one tensor may hold: a vocabulary has some 100,000 (CWE-789). */
const MAX_TEXTS = 10_000_000;

/** `count` texts out of a range, which they fill. @throws ModelError when they do not */
export function decodeStringList(
  { source, offset, length }: ByteRange,
  count: number,
  { isChecked }: { readonly isChecked: boolean },
): Uint8Array[] {
  const cursor = new ByteCursor(sectionOf(source, offset, length));
  // Each text has a length of at least one byte.
  if (count > length || count > MAX_TEXTS)
    throw cursor.error(`${count} texts cannot lie in ${length} bytes`);
  const lengths = Array.from({ length: count }, () => cursor.number());
  if (isChecked) cursor.take(CHECKSUM_BYTES);
  const texts = lengths.map((size) => cursor.take(size));
  if (!cursor.isAtEnd) throw cursor.error('texts are followed by more bytes');
  return texts;
}
