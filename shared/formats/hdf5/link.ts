/** What a name in a group stands for. */

/** Where a name leads: to the header of an object, to a path, or out of the file. */
export type Link =
  | { readonly kind: 'hard'; readonly address: number }
  | { readonly kind: 'soft'; readonly path: string }
  | { readonly kind: 'outside' };

export type Links = ReadonlyMap<string, Link>;
