/** Files that are made to exhaust whoever reads them: small things, very many of them. */

/** Bytes of a varint. */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

/** A field with content: a message, string or bytes. */
export function field(number: number, ...content: (Uint8Array | readonly number[])[]): Uint8Array {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return join(varint(number * 8 + 2), varint(length), ...content);
}

export function join(...parts: (Uint8Array | readonly number[])[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** The same bytes again and again, up to `size`. */
export function repeated(bytes: Uint8Array | readonly number[], size: number): Uint8Array {
  const filled = new Uint8Array(Math.floor(size / bytes.length) * bytes.length);
  filled.set(bytes);
  for (let done = bytes.length; done < filled.length; done *= 2)
    filled.copyWithin(done, 0, Math.min(done, filled.length - done));
  return filled;
}

/** Many fields of `number`, each with a name of its own in field `nameField` and `more` behind it. */
export function named(
  number: number,
  size: number,
  more: readonly number[] = [],
  nameField = 1,
): Uint8Array {
  const one = field(number, field(nameField, new Array(DIGITS).fill(48)), more);
  return numbered(repeated(one, size), one.length, one.length - more.length - DIGITS);
}

const DIGITS = 8;

/** Writes a number of eight digits at `at` in each of the equal parts. */
function numbered(all: Uint8Array, partLength: number, at: number): Uint8Array {
  for (let start = at, index = 0; start < all.length; start += partLength, index++) {
    for (let digit = 0, rest = index; digit < DIGITS; digit++, rest = Math.floor(rest / 10))
      all[start + digit] = 48 + (rest % 10);
  }
  return all;
}

/** A graph field nested in attributes of nodes, `depth` times. */
export function nestedGraphs(depth: number): Uint8Array {
  const heads: number[][] = [];
  let length = 0;
  for (let level = 0; level < depth; level++) {
    for (const key of [0x32, 0x2a, 0x0a]) {
      const head = [key, ...varint(length)];
      heads.push(head);
      length += head.length;
    }
  }
  return Uint8Array.from(heads.toReversed().flat());
}

const graph = (...content: (Uint8Array | readonly number[])[]): Uint8Array => field(7, ...content);
const node = (...content: (Uint8Array | readonly number[])[]): Uint8Array =>
  graph(field(1, ...content));
const attribute = (...content: (Uint8Array | readonly number[])[]): Uint8Array =>
  node(field(5, ...content));
const tensor = (...content: (Uint8Array | readonly number[])[]): Uint8Array =>
  graph(field(5, ...content));
const type = (...content: (Uint8Array | readonly number[])[]): Uint8Array =>
  graph(field(11, field(2, ...content)));

/** By what they have many of; each takes the size of the file. */
export const EXHAUSTING: Readonly<Record<string, (size: number) => Uint8Array>> = {
  'nodes without content': (size) => graph(repeated([0x0a, 0], size)),
  'nodes with a name': (size) => graph(named(1, size)),
  'inputs without a name': (size) => node(repeated([0x0a, 0], size)),
  'inputs with names': (size) => node(repeated(field(1, [97, 98, 99]), size)),
  'inputs with names of their own': (size) =>
    node(numbered(repeated(field(1, new Array(DIGITS).fill(48)), size), 10, 2)),
  'attributes of one node': (size) => node(named(5, size, [0x18, 1, 0xa0, 1, 2])),
  'packed ints': (size) => attribute(field(8, new Uint8Array(size)), [0xa0, 1, 7]),
  'large packed ints': (size) =>
    attribute(field(8, repeated([...new Array(9).fill(0xff), 1], size)), [0xa0, 1, 7]),
  'ints beyond 2^53': (size) =>
    attribute(field(8, repeated([...new Array(8).fill(0xff), 0x7f], size)), [0xa0, 1, 7]),
  'ints one by one': (size) => attribute(repeated([0x40, 1], size)),
  'packed floats': (size) => attribute(field(7, new Uint8Array(size - (size % 4)))),
  'strings without content': (size) => attribute(repeated([0x4a, 0], size)),
  types: (size) => attribute(repeated(field(15, field(1, [8, 1])), size)),
  'graphs without content': (size) => attribute(repeated([0x5a, 0], size)),
  tensors: (size) => attribute(repeated(field(10, [0x10, 1, 8, 0]), size)),
  initializers: (size) => graph(named(5, size, [0x10, 1, 8, 0], 8)),
  'dims, packed': (size) => tensor(field(1, repeated([1], size))),
  'dims, one by one': (size) => tensor(repeated([8, 1], size)),
  'string values without content': (size) => tensor([0x10, 8], repeated([0x32, 0], size)),
  'typed values one by one': (size) => tensor([0x10, 6], repeated([0x28, 1], size)),
  'typed values in pieces': (size) => tensor([0x10, 6], repeated([0x2a, 1, 1], size)),
  'entries of external data': (size) => tensor(named(13, size)),
  'inputs of the graph': (size) => graph(named(11, size)),
  'value types': (size) => graph(named(13, size, [...field(2, field(1, [8, 1]))])),
  'dimensions of a shape': (size) => type(field(1, [8, 1], field(2, repeated([0x0a, 0], size)))),
  'denotations of dimensions': (size) =>
    type(field(1, [8, 1], field(2, repeated(field(1, field(3, [97])), size)))),
  metadata: (size) => join(graph(), named(14, size)),
  'operator sets': (size) => join(graph(), named(8, size)),
  'functions without content': (size) => join(graph(), repeated(field(25), size)),
  'unknown fields': (size) => join(graph(), repeated([0x28, 1, 0xa0, 6, 1], size)),
  'unknown neighbours': (size) => join(graph(), repeated([0xa0, 6, 1], size)),
  'doc strings': (size) => graph(repeated(field(10, new Uint8Array(2 ** 20).fill(97)), size)),
  zeros: (size) => new Uint8Array(size),
};
