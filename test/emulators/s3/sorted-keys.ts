/** Keys in the order of their UTF-8 bytes, which is S3's. */
export class SortedKeys {
  readonly #keys: string[] = [];

  add(key: string): void {
    const index = this.#indexOf(key);
    if (this.#keys[index] !== key) this.#keys.splice(index, 0, key);
  }

  delete(key: string): void {
    const index = this.#indexOf(key);
    if (this.#keys[index] === key) this.#keys.splice(index, 1);
  }

  /** The keys with this prefix, those up to `after` left out. */
  *from(prefix: string, after = ''): Generator<string> {
    const start = compareUtf8(after, prefix) > 0 ? after : prefix;
    for (let index = this.#indexOf(start); index < this.#keys.length; index++) {
      const key = this.#keys[index] ?? '';
      if (!key.startsWith(prefix)) return;
      if (key !== after || after === '') yield key;
    }
  }

  /** Where the key is, or would be. */
  #indexOf(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareUtf8(this.#keys[middle] ?? '', key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** As the UTF-8 bytes compare: UTF-16 differs for characters beyond the first plane. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const x = a.charCodeAt(index);
    const y = b.charCodeAt(index);
    if (x !== y) return ranked(x) - ranked(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for what is above U+FFFF. */
const ranked = (unit: number): number => {
  if (unit >= 0xe000) return unit - 0x800;
  return unit >= 0xd800 ? unit + 0x2000 : unit;
};
