/** What an object of an HDF5 file (a group, a dataset, a type) says of itself, as messages. Source: the specification, IV.A. */
import { Cursor, damaged, type FileBytes, refused } from './file-bytes.ts';

/** Kinds of messages, as the specification numbers them. */
export const MESSAGE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  oldFill: 0x04,
  fill: 0x05,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  groupInfo: 0x0a,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

const WHAT = 'an object';
/** The message is elsewhere, for several objects. */
const IS_SHARED = 2;
/** Where it is shared: in the header of an object of its own. */
const COMMITTED = 2;

export interface Message {
  readonly type: number;
  readonly isShared: boolean;
  readonly body: Uint8Array;
}

/** The messages of one object. */
export class ObjectHeader {
  readonly #file: FileBytes;
  readonly #messages: readonly Message[];

  private constructor(file: FileBytes, messages: readonly Message[]) {
    this.#file = file;
    this.#messages = messages;
  }

  /** @throws ModelError for a damaged one */
  static read(file: FileBytes, address: number): ObjectHeader {
    return new ObjectHeader(file, readMessages(file, address));
  }

  has(type: number): boolean {
    return this.#messages.some((message) => message.type === type);
  }

  /** The first message of that type. */
  get(type: number): Cursor | undefined {
    return this.all(type).next().value;
  }

  /** The messages of that type, wherever they are. */
  *all(type: number): Generator<Cursor, undefined> {
    for (const message of this.#messages) {
      if (message.type !== type) continue;
      const cursor = new Cursor(this.#file.name, WHAT, message.body);
      yield message.isShared ? shared(this.#file, type, cursor) : cursor;
    }
  }
}

/** The message of that type to which `reference` leads, in the header of another object. */
export function shared(file: FileBytes, type: number, reference: Cursor): Cursor {
  const version = reference.u8();
  const place = reference.u8();
  if (version === 3 && place !== COMMITTED)
    throw refused(file.name, 'keeps messages of its objects in one heap');
  if (version === 1) reference.skip(6);
  const address = reference.address();
  if (version < 1 || version > 3 || address === undefined) throw damaged(file.name, WHAT);
  for (const message of readMessages(file, address))
    if (message.type === type && !message.isShared)
      return new Cursor(file.name, WHAT, message.body);
  throw damaged(file.name, WHAT);
}

/** How one of the two versions of headers writes them. */
interface Form {
  readonly first: Cursor;
  /** What stands before each message. */
  readonly headBytes: number;
  readonly message: (block: Cursor) => Message;
  /** Another block of messages. */
  readonly next: (address: number, length: number) => Cursor;
}

function readMessages(file: FileBytes, address: number): readonly Message[] {
  const isNew = file.read(address, 1, WHAT).u8() === 'O'.charCodeAt(0);
  const form = isNew ? newForm(file, address) : oldForm(file, address);
  const messages: Message[] = [];
  const blocks = [form.first];
  const seen = new Set<number>();
  for (const block of blocks) {
    while (block.left >= form.headBytes) {
      const message = form.message(block);
      messages.push(message);
      if (message.type !== MESSAGE.continuation) continue;
      const place = new Cursor(file.name, WHAT, message.body);
      const [next, length] = [place.address(), place.u64()];
      if (next === undefined || seen.has(next)) throw damaged(file.name, WHAT);
      seen.add(next);
      blocks.push(form.next(next, length));
    }
  }
  return messages;
}

function oldForm(file: FileBytes, address: number): Form {
  // How many messages there are, which fill the blocks, and how many links lead here.
  const size = file.read(address, 16, WHAT).version(1).skip(7).u32();
  return {
    first: file.read(address + 16, size, WHAT),
    headBytes: 8,
    message: (block) => {
      const [type, length, flags] = [block.u16(), block.u16(), block.u8()];
      return { type, isShared: (flags & IS_SHARED) !== 0, body: block.skip(3).take(length) };
    },
    next: (next, length) => file.read(next, length, WHAT),
  };
}

function newForm(file: FileBytes, address: number): Form {
  const flags = file.read(address, 6, WHAT).expect('OHDR').version(2).u8();
  // Times, and when attributes move out of the header.
  const start = address + 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
  const sizeBytes = 2 ** (flags & 3);
  const size = file.read(start, sizeBytes, WHAT).uint(sizeBytes);
  // Messages may carry the number in whose order they were made.
  const orderBytes = flags & 4 ? 2 : 0;
  return {
    first: file.read(start + sizeBytes, size, WHAT),
    headBytes: 4 + orderBytes,
    message: (block) => {
      const [type, length, own] = [block.u8(), block.u16(), block.u8()];
      return { type, isShared: (own & IS_SHARED) !== 0, body: block.skip(orderBytes).take(length) };
    },
    // A checksum ends it.
    next: (next, length) => {
      const block = file.read(next, length, WHAT).expect('OCHK');
      return block.part(block.left - 4);
    },
  };
}
