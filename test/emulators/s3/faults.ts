/** Failures on purpose, for tests of retries: a seeded share of requests fails as S3's do. */
import { createRandom, type Random } from '../../../shared/base/random.ts';
import type { Call } from './call.ts';
import { conflict, S3Error } from './errors.ts';

/** Shares of requests, from 0 to 1. */
export interface Faults {
  readonly seed?: number;
  /** 503 SlowDown; nothing was done. */
  readonly throttle?: number;
  /** 500 InternalError; nothing was done. */
  readonly fail?: number;
  /** Of conditional writes: 409. An upload that was to be completed is gone. */
  readonly conflict?: number;
  /** Done, but the connection ends without an answer. */
  readonly lose?: number;
  /** Of answers with bytes: the connection ends after half of them. */
  readonly cut?: number;
  /** Of completed uploads: 200, with an error in the document; nothing was done. */
  readonly late?: number;
  /** Spares operations by name: `PutObject`. */
  readonly spares?: (operation: string, key: string) => boolean;
}

/** What befalls one answer. */
export type AnswerFault = 'lose' | 'cut' | 'late' | undefined;

export class FaultMaker {
  readonly #faults: Faults;
  readonly #random: Random;

  constructor(faults: Faults) {
    this.#faults = faults;
    this.#random = createRandom(faults.seed ?? 1, 's3');
  }

  /** What goes wrong with a request. @throws S3Error when it goes wrong before it is begun. */
  next(operation: string, call: Call): AnswerFault {
    const { throttle, fail, lose, cut, late, spares } = this.#faults;
    if (spares?.(operation, call.key)) return undefined;
    if (this.#happens(throttle))
      throw new S3Error(503, 'SlowDown', 'Please reduce your request rate.');
    if (this.#happens(fail)) {
      const text = 'We encountered an internal error. Please try again.';
      throw new S3Error(500, 'InternalError', text);
    }
    this.#conflict(operation, call);
    if (this.#happens(lose)) return 'lose';
    if (operation === 'GetObject' && this.#happens(cut)) return 'cut';
    return operation === 'CompleteMultipartUpload' && this.#happens(late) ? 'late' : undefined;
  }

  #conflict(operation: string, call: Call): void {
    const condition = ['if-none-match', 'if-match'].find((name) => call.header(name) !== undefined);
    const isWrite = call.method === 'PUT' || operation === 'CompleteMultipartUpload';
    if (!condition || !isWrite || !this.#happens(this.#faults.conflict)) return;
    const upload = call.world.uploads.get(call.query.get('uploadId') ?? '');
    if (upload) call.world.endUpload(upload);
    throw conflict(condition);
  }

  #happens(share: number | undefined): boolean {
    return share !== undefined && share > 0 && this.#random.float() < share;
  }
}
