/** Multipart uploads that are open. */
import type { Body } from './bodies.ts';
import type { Algorithm, ChecksumType } from './checksums.ts';

export interface Part {
  readonly number: number;
  readonly body: Body;
  /** Without quotes. */
  readonly etag: string;
  readonly modified: Date;
  /** base64, of the upload's algorithm. */
  readonly checksum: string;
}

export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiated: Date;
  readonly headers: Readonly<Record<string, string>>;
  readonly algorithm: Algorithm;
  readonly checksumType: ChecksumType;
  /** Whether the algorithm was asked for, or is what S3 takes by itself. */
  readonly isAlgorithmGiven: boolean;
  readonly parts: Map<number, Part>;
}
