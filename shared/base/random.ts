/**
 * Seeded pseudo-random numbers: the same seed gives the same choices on every machine, for ever.
 *
 * Algorithm: xoshiro128** 1.1 (Blackman and Vigna, 2018; public domain), its state filled from the
 * seed by splitmix32. Not for secrets.
 */

export interface Random {
  /** Uniform over all 32-bit unsigned integers. */
  uint32(): number;
  /** Uniform in [0, 1), 53 bits. */
  float(): number;
  /** Uniform over 0 … `bound` − 1, without bias; `bound` from 1 to 2^32. */
  below(bound: number): number;
  /** From the standard normal distribution. */
  normal(): number;
}

/** A generator for an integer seed (its low 32 bits) and, for independent streams of one seed, a label. */
export function createRandom(seed: number, label = ''): Random {
  let mixed = seed >>> 0;
  for (let i = 0; i < label.length; i++) mixed = scramble(mixed ^ label.charCodeAt(i));
  const splitmix = (): number => {
    mixed = (mixed + 0x9e3779b9) >>> 0;
    return scramble(mixed);
  };
  let a = splitmix();
  let b = splitmix();
  let c = splitmix();
  let d = splitmix();

  const uint32 = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotateLeft(d, 11);
    return result;
  };
  const float = (): number => ((uint32() >>> 5) * 67108864 + (uint32() >>> 6)) / 9007199254740992;
  const below = (bound: number): number => {
    // What lies above the largest multiple of the bound is drawn again: no value is favoured.
    const limit = 4294967296 - (4294967296 % bound);
    let drawn = uint32();
    while (drawn >= limit) drawn = uint32();
    return drawn % bound;
  };

  let spare: number | undefined;
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    // Box and Muller: no rejection, so that the count of draws does not depend on the values.
    const radius = Math.sqrt(-2 * Math.log(1 - float()));
    const angle = 2 * Math.PI * float();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { uint32, float, below, normal };
}

/** A shuffled copy (Fisher and Yates): every order is equally likely. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const moved = order[last] as T;
    order[last] = order[other] as T;
    order[other] = moved;
  }
  return order;
}

const rotateLeft = (word: number, count: number): number =>
  (word << count) | (word >>> (32 - count));

/** The finalizer of MurmurHash3, as splitmix32 uses it. */
function scramble(word: number): number {
  let mixed = word >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
