/** What Git LFS keeps beside the repository. */
import { createHash } from 'node:crypto';

export class LfsObjects {
  readonly #objects = new Map<string, Uint8Array>();
  /** Downloads are refused, as when nobody paid for more. */
  isOverQuota = false;

  /** Keeps the bytes. The pointer, which is what the commit holds. */
  add(bytes: Uint8Array): string {
    const oid = createHash('sha256').update(bytes).digest('hex');
    this.#objects.set(oid, bytes);
    return lfsPointer(oid, bytes.length);
  }

  get(oid: string): Uint8Array | undefined {
    return this.#objects.get(oid);
  }

  /** Gone from the server while commits still point to it. */
  delete(oid: string): void {
    this.#objects.delete(oid);
  }
}

/** The text that stands for an object. */
export const lfsPointer = (oid: string, bytes: number): string =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${bytes}\n`;
