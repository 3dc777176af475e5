/** One request as operations see it. */
import type { IncomingMessage } from 'node:http';
import type { Body } from './bodies.ts';
import { type DecodedBody, decodeChunks } from './chunked-body.ts';
import { accessDenied } from './errors.ts';
import type { Cause, Reason } from './events.ts';
import type { Signature } from './signature.ts';
import type { World } from './world.ts';

/** What an operation answers. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number | undefined>>;
  /** A document, or a range of an object. */
  readonly body?: string | { readonly of: Body; readonly start: number; readonly length: number };
}

/** May this be done by the sender? By the names of IAM: `s3:GetObject`. */
export type Allows = (action: string, bucket: string, key: string | undefined) => boolean;

export interface CallOptions {
  readonly world: World;
  readonly request: IncomingMessage;
  readonly requestId: string;
  readonly address: Address;
  readonly signature: Signature;
  readonly allows: Allows;
  /** Asks the client to send what it holds back. */
  readonly beginBody: () => void;
}

/** Where a request leads. */
export interface Address {
  readonly method: string;
  /** Empty for the service itself. */
  readonly bucket: string;
  /** Empty for a bucket itself. */
  readonly key: string;
  /** As sent. */
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
}

export class Call {
  readonly world: World;
  readonly requestId: string;
  readonly method: string;
  readonly bucketName: string;
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  readonly signature: Signature;
  readonly #options: CallOptions;

  constructor(options: CallOptions) {
    this.#options = options;
    this.world = options.world;
    this.requestId = options.requestId;
    this.method = options.address.method;
    this.bucketName = options.address.bucket;
    this.key = options.address.key;
    this.query = new Map(options.address.query);
    this.signature = options.signature;
  }

  get headerNames(): readonly string[] {
    const hoisted = this.signature.isPresigned ? [...this.query.keys()] : [];
    return [
      ...Object.keys(this.#options.request.headers),
      ...hoisted.map((name) => name.toLowerCase()),
    ];
  }

  /** A header, also where a presigned address carries it in its query. */
  readonly header = (name: string): string | undefined => {
    const value = this.#options.request.headers[name];
    if (value !== undefined) return typeof value === 'string' ? value : value.join(',');
    if (!this.signature.isPresigned || !name.startsWith('x-amz-')) return undefined;
    for (const [hoisted, text] of this.query) if (hoisted.toLowerCase() === name) return text;
    return undefined;
  };

  /** The body without its encoding. */
  openBody(): DecodedBody {
    this.#options.beginBody();
    // A body that is refused midway must not take the connection with it: the refusal goes over it.
    const source: AsyncIterable<Uint8Array> = this.#options.request.iterator({
      destroyOnReturn: false,
    });
    return this.signature.payload.startsWith('STREAMING-')
      ? decodeChunks(source, this.signature)
      : { data: source, trailers: new Map() };
  }

  allows(action: string, bucket = this.bucketName, key: string | undefined = this.key): boolean {
    return this.#options.allows(action, bucket, key === '' ? undefined : key);
  }

  /** @throws S3Error 403 */
  demand(action: string, bucket = this.bucketName, key: string | undefined = this.key): void {
    if (!this.allows(action, bucket, key)) throw accessDenied();
  }

  cause(reason: Reason): Cause {
    const address = this.#options.request.socket.remoteAddress ?? '127.0.0.1';
    return { reason, requestId: this.requestId, address };
  }
}
