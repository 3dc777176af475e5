/** Single messages through the codec, with protobufjs on the other side. */
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import { ExternalFiles } from '../../../shared/onnx/external-data.ts';
import { MemoryTarget } from '../../../shared/onnx/wire/byte-targets.ts';
import type { PlaceOf, WireSink } from '../../../shared/onnx/wire/sink.ts';
import { SizeSink } from '../../../shared/onnx/wire/size-sink.ts';
import { StreamSink } from '../../../shared/onnx/wire/stream-sink.ts';
import { WireReader } from '../../../shared/onnx/wire/wire-reader.ts';
import { decodePlain, encodeMessage, type Message } from '../_oracle.ts';

/** A reader over bytes; external data is refused. */
export function readerOf(bytes: Uint8Array | readonly number[]): WireReader {
  return new WireReader(memorySource(Uint8Array.from(bytes), 'test'), new ExternalFiles(undefined));
}

/** What `read` makes of a message that protobufjs encoded, with bytes of other fields behind it. */
export function readMessage<T>(
  type: string,
  message: Message,
  read: (reader: WireReader) => T,
  more: readonly number[] = [],
): T {
  return read(readerOf([...encodeMessage(type, message), ...more]));
}

/** The bytes that `write` gives. */
export function writtenBytes<T>(
  write: (sink: WireSink, value: T) => void,
  value: T,
  placeOf: PlaceOf = () => undefined,
): Uint8Array {
  const sizes = new SizeSink(placeOf);
  write(sizes, value);
  const target = new MemoryTarget(sizes.size);
  const sink = new StreamSink(target, sizes.lengths, placeOf);
  write(sink, value);
  sink.flush();
  if (target.position !== sizes.size) throw new Error('measured and written bytes differ');
  return target.bytes;
}

/** What protobufjs reads from the bytes that `write` gives: only fields that are there. */
export function writtenMessage<T>(
  type: string,
  write: (sink: WireSink, value: T) => void,
  value: T,
  placeOf?: PlaceOf,
): Message {
  return decodePlain(type, writtenBytes(write, value, placeOf));
}

/** A field 100 with three bytes of content, which no message of ONNX has. */
export const UNKNOWN_FIELD = [0xa2, 0x06, 3, 1, 2, 3] as const;
