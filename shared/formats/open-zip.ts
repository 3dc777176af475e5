/** A zip archive over a source, wherever its bytes are. */
import { Readable } from 'node:stream';
import type { ZipFile } from 'yauzl';
import type { ByteSource } from '../onnx/stored-tensor.ts';

/** What a stream of an entry is read by. */
const STREAM_CHUNK_BYTES = 256 * 1024;

/** Reads the end of the archive. Whoever opened the source closes it. @throws an Error of the zip library for a broken one */
export async function openZip(source: ByteSource): Promise<ZipFile> {
  // Imported here: most models are no archives, and `fettle inspect` should start quickly.
  const { fromRandomAccessReaderPromise, RandomAccessReader } = await import('yauzl');
  class SourceReader extends RandomAccessReader {
    override read(
      buffer: Buffer,
      offset: number,
      length: number,
      position: number,
      done: (error: Error | null, count: number) => void,
    ): void {
      let failure: Error | null = null;
      try {
        source.readInto(
          new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length),
          position,
        );
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
      }
      // Later, as a reader of files would: the archive is walked without growing the stack.
      setImmediate(() => done(failure, failure ? 0 : length));
    }

    override _readStreamForRange(start: number, end: number): Readable {
      return Readable.from(chunksOf(source, start, end));
    }
  }
  return fromRandomAccessReaderPromise(new SourceReader(), source.size, {
    lazyEntries: true,
    decodeStrings: true,
    // Entries are read after the last was seen.
    autoClose: false,
    // Names are only compared, never used as paths.
    strictFileNames: false,
  });
}

function* chunksOf(source: ByteSource, start: number, end: number): Generator<Uint8Array> {
  for (let at = start; at < end; at += STREAM_CHUNK_BYTES)
    yield source.read(at, Math.min(STREAM_CHUNK_BYTES, end - at));
}
