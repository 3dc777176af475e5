/** The `aws-chunked` encoding: chunks with or without signatures, and headers behind the last one. */
import { createHash } from 'node:crypto';
import { invalid, S3Error } from './errors.ts';
import { hmac, isEqual, type Signature, sha256Hex } from './signature.ts';

/** Bytes as they come, and what came behind them once they ended. */
export interface DecodedBody {
  readonly data: AsyncIterable<Uint8Array>;
  readonly trailers: ReadonlyMap<string, string>;
}

/** A line of sizes and signatures is short: longer ones are an attack or no encoding at all. */
const MAX_LINE = 16_384;

/** Decodes the body of a request that says `x-amz-content-sha256: STREAMING-…`, verifying every chunk. */
export function decodeChunks(
  source: AsyncIterable<Uint8Array>,
  { payload, signature, date, scope, key }: Signature,
): DecodedBody {
  const isSigned = payload.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD');
  const hasTrailer = payload.endsWith('-TRAILER');
  if (!isSigned && payload !== 'STREAMING-UNSIGNED-PAYLOAD-TRAILER')
    throw invalid('InvalidArgument', `x-amz-content-sha256: ${payload} is not known`);
  const trailers = new Map<string, string>();
  let previous = signature;

  const check = (kind: string, hashes: readonly string[], given: string | undefined): void => {
    const lines = [`AWS4-HMAC-SHA256-${kind}`, date, scope, previous, ...hashes];
    previous = hmac(key, lines.join('\n')).toString('hex');
    if (given !== undefined && isEqual(previous, given)) return;
    const text = 'The chunk signature we calculated does not match the one you provided.';
    throw new S3Error(403, 'SignatureDoesNotMatch', text);
  };

  async function* decode(): AsyncGenerator<Uint8Array> {
    const input = new ChunkInput(source);
    for (;;) {
      const [size = '', given] = (await input.line()).split(';chunk-signature=');
      const length = Number.parseInt(size, 16);
      if (!/^[0-9a-f]+$/i.test(size)) throw incomplete();
      const hash = createHash('sha256');
      for await (const piece of input.take(length)) {
        if (isSigned) hash.update(piece);
        yield piece;
      }
      if (isSigned) check('PAYLOAD', [sha256Hex(''), hash.digest('hex')], given);
      if (length === 0) break;
      if ((await input.line()) !== '') throw incomplete();
    }
    await readTrailers(input);
  }

  async function readTrailers(input: ChunkInput): Promise<void> {
    let signed = '';
    for (;;) {
      const line = await input.line({ orEnd: true });
      if (line === '') break;
      const colon = line.indexOf(':');
      const name = line.slice(0, colon).trim().toLowerCase();
      const value = line.slice(colon + 1).trim();
      trailers.set(name, value);
      if (name !== 'x-amz-trailer-signature') signed += `${name}:${value}\n`;
    }
    if (isSigned && hasTrailer)
      check('TRAILER', [sha256Hex(signed)], trailers.get('x-amz-trailer-signature'));
  }

  return { data: decode(), trailers };
}

const incomplete = (): S3Error =>
  invalid('IncompleteBody', 'The request body terminated unexpectedly');

/** Lines and counted bytes from a stream of buffers. */
class ChunkInput {
  readonly #source: AsyncIterator<Uint8Array>;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next line without its end; with `orEnd`, the end of the stream is an empty one. */
  async line({ orEnd = false } = {}): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf('\r\n');
      if (end >= 0) {
        const line = this.#buffer.toString('latin1', 0, end);
        this.#buffer = this.#buffer.subarray(end + 2);
        return line;
      }
      if (this.#buffer.length > MAX_LINE) throw incomplete();
      if (!(await this.#more())) {
        if (orEnd && this.#buffer.length === 0) return '';
        throw incomplete();
      }
    }
  }

  async *take(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0; ) {
      if (this.#buffer.length === 0 && !(await this.#more())) throw incomplete();
      const piece = this.#buffer.subarray(0, left);
      this.#buffer = this.#buffer.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async #more(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done) return false;
    const bytes = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    this.#buffer = this.#buffer.length === 0 ? bytes : Buffer.concat([this.#buffer, bytes]);
    return true;
  }
}
