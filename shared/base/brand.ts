/** Nominal types over plain numbers and strings: units and identities that must not be mixed up. */

declare const brand: unique symbol;

/** A `Base` that only a constructor function of its own makes. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** A count of bytes. */
export type Bytes = Brand<number, 'Bytes'>;
/** `sha256:…` (64 hex digits) or, above 1 GB, `tree256:…`; see {@link digestFile}. */
export type Digest = Brand<string, 'Digest'>;

export const bytes = (count: number): Bytes => count as Bytes;

/** Ends a `switch` over a union: a missing case is a compile error, a wrong value at run time a defect. */
export function assertNever(value: never, what = 'value'): never {
  throw new TypeError(`unexpected ${what}: ${JSON.stringify(value)}`);
}
