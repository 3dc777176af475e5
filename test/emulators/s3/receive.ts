/** Takes bodies in: to disk or as text, with every digest verified that the sender claims. */
import { createHash } from 'node:crypto';
import type { Body } from './bodies.ts';
import type { Call } from './call.ts';
import {
  ALGORITHMS,
  type Algorithm,
  headerOf,
  isAlgorithm,
  type Running,
  startChecksum,
} from './checksums.ts';
import { badDigest, invalid, S3Error } from './errors.ts';

export interface Received {
  readonly body: Body;
  /** MD5 in hex. */
  readonly etag: string;
  /** The algorithm of the checksum that came with it. */
  readonly claimed: Algorithm | undefined;
  /** base64, of the claimed and the wanted algorithm. */
  readonly checksums: ReadonlyMap<Algorithm, string>;
}

/** One PUT takes at most 5 GiB, also as a part. */
const MAX_PUT_BYTES = 5 * 2 ** 30;
/** Documents in requests name at most 10,000 parts or 1,000 keys of 1,024 bytes. */
const MAX_TEXT_BYTES = 4 << 20;

/** Writes the body to disk, computing also what is `wanted`; the default is what S3 takes by itself. */
export async function receive(
  call: Call,
  wanted: (claimed: Algorithm | undefined) => Algorithm = (claimed) => claimed ?? 'CRC64NVME',
): Promise<Received> {
  const claimed = claimedAlgorithm(call);
  const digests = new Digests(call, claimed, wanted(claimed));
  const body = await call.world.bodies.write(digests.pass());
  try {
    digests.verify();
  } catch (error) {
    call.world.bodies.release(body);
    throw error;
  }
  return { body, etag: digests.md5, claimed, checksums: digests.checksums };
}

/** The body as text. `isOfObject`: the checksum in its headers is not its own. */
export async function receiveText(call: Call, { isOfObject = false } = {}): Promise<string> {
  const digests = new Digests(call, isOfObject ? undefined : claimedAlgorithm(call));
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of digests.pass()) {
    size += chunk.length;
    if (size > MAX_TEXT_BYTES)
      throw invalid('MaxMessageLengthExceeded', 'Your request was too big.');
    chunks.push(chunk);
  }
  digests.verify();
  return Buffer.concat(chunks).toString();
}

/** What the sender says of the checksum: by its header, or by the name of the trailer to come. */
function claimedAlgorithm(call: Call): Algorithm | undefined {
  const trailer = call.header('x-amz-trailer')?.toLowerCase();
  const named = ALGORITHMS.filter(
    (algorithm) =>
      call.header(headerOf(algorithm)) !== undefined || trailer === headerOf(algorithm),
  );
  if (named.length > 1)
    throw invalid(
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  const asked = call.header('x-amz-sdk-checksum-algorithm')?.toUpperCase();
  if (asked !== undefined && asked !== named[0]) {
    if (!isAlgorithm(asked)) throw invalid('InvalidRequest', 'Unknown checksum algorithm.');
    throw invalid(
      'InvalidRequest',
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  return named[0];
}

/** Lets a body pass and says afterwards whether it was what was claimed. */
class Digests {
  readonly #call: Call;
  readonly #md5 = createHash('md5');
  readonly #sha256: Running | undefined;
  readonly #running = new Map<Algorithm, Running>();
  readonly #claimed: Algorithm | undefined;
  #trailers: ReadonlyMap<string, string> = new Map();
  #size = 0;
  md5 = '';
  checksums: ReadonlyMap<Algorithm, string> = new Map();

  constructor(call: Call, claimed?: Algorithm, wanted?: Algorithm) {
    this.#call = call;
    this.#claimed = claimed;
    for (const algorithm of [claimed, wanted])
      if (algorithm) this.#running.set(algorithm, startChecksum(algorithm));
    const isSigned = /^[0-9a-f]{64}$/.test(call.signature.payload);
    this.#sha256 = isSigned ? startChecksum('SHA256') : undefined;
    expectedSize(call);
  }

  async *pass(): AsyncGenerator<Uint8Array> {
    const { data, trailers } = this.#call.openBody();
    this.#trailers = trailers;
    for await (const chunk of data) {
      this.#size += chunk.length;
      this.#md5.update(chunk);
      this.#sha256?.update(chunk);
      for (const running of this.#running.values()) running.update(chunk);
      yield chunk;
    }
  }

  /** @throws S3Error when the bytes are not those that were announced. */
  verify(): void {
    if (this.#size !== expectedSize(this.#call))
      throw invalid(
        'IncompleteBody',
        'You did not provide the number of bytes specified by the Content-Length HTTP header',
      );
    const md5 = this.#md5.digest();
    this.md5 = md5.toString('hex');
    const contentMd5 = this.#call.header('content-md5');
    if (contentMd5 !== undefined && contentMd5 !== md5.toString('base64'))
      throw invalid('BadDigest', 'The Content-MD5 you specified did not match what we received.');
    const sha256 = this.#sha256 && Buffer.from(this.#sha256.value(), 'base64').toString('hex');
    if (sha256 !== undefined && sha256 !== this.#call.signature.payload)
      throw invalid(
        'XAmzContentSHA256Mismatch',
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
    this.checksums = new Map(
      [...this.#running].map(([algorithm, running]) => [algorithm, running.value()]),
    );
    if (!this.#claimed) return;
    const name = headerOf(this.#claimed);
    const claim = this.#call.header(name) ?? this.#trailers.get(name);
    if (claim !== this.checksums.get(this.#claimed)) throw badDigest(this.#claimed);
  }
}

/** The size that a request announces. @throws S3Error when it announces none, or too much. */
function expectedSize(call: Call): number {
  if (
    call.header('transfer-encoding') !== undefined &&
    !call.signature.payload.startsWith('STREAM')
  )
    throw new S3Error(
      501,
      'NotImplemented',
      'A header you provided implies functionality that is not implemented',
      { members: { Header: 'Transfer-Encoding' } },
    );
  const isChunked = call.signature.payload.startsWith('STREAMING-');
  const text = call.header(isChunked ? 'x-amz-decoded-content-length' : 'content-length');
  if (text === undefined && call.method === 'PUT')
    throw new S3Error(
      411,
      'MissingContentLength',
      'You must provide the Content-Length HTTP header.',
    );
  const size = Number(text ?? 0);
  if (size > MAX_PUT_BYTES)
    throw invalid(
      'EntityTooLarge',
      'Your proposed upload exceeds the maximum allowed object size.',
    );
  return size;
}
