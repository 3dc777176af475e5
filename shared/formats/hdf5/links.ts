/** What lies in a group of an HDF5 file, in each of the ways in which groups are written. */
import { treeRecords } from './b-tree.ts';
import type { Cursor, FileBytes } from './file-bytes.ts';
import { FractalHeap } from './fractal-heap.ts';
import type { Link, Links } from './link.ts';
import { MESSAGE, type ObjectHeader } from './object-header.ts';
import { readSymbolTable } from './symbol-table.ts';

/** Records of a group's tree, by the hash of a name: the hash and an identifier in the heap. */
const LINKS_BY_NAME = 5;
const HASH_BYTES = 4;

/** What lies in the group with this header; `undefined` when it is no group. @throws ModelError for a damaged one */
export function readLinks(file: FileBytes, header: ObjectHeader): Links | undefined {
  const table = header.get(MESSAGE.symbolTable);
  if (table) return readSymbolTable(file, table);
  const info = header.get(MESSAGE.linkInfo);
  if (!info && !header.has(MESSAGE.link)) return undefined;
  const links = new Map<string, Link>();
  for (const message of header.all(MESSAGE.link)) readLink(file, message, links);
  if (info) for (const message of denseLinks(file, info)) readLink(file, message, links);
  return links;
}

/** Links that were too many for the header. */
function* denseLinks(file: FileBytes, info: Cursor): Generator<Cursor> {
  const flags = info.version(0).u8();
  // The largest number in the order of their making.
  if (flags & 1) info.skip(8);
  const [heapAddress, tree] = [info.address(), info.address()];
  if (heapAddress === undefined || tree === undefined) return;
  const heap = new FractalHeap(file, heapAddress);
  for (const record of treeRecords(file, tree, LINKS_BY_NAME))
    yield heap.object(record.skip(HASH_BYTES));
}

const HARD = 0;
const SOFT = 1;

/** Source: the specification, IV.A.2.g. */
function readLink(file: FileBytes, message: Cursor, links: Map<string, Link>): void {
  const flags = message.version(1).u8();
  const type = flags & 8 ? message.u8() : HARD;
  // The number in the order of their making, and how the name is encoded.
  message.skip((flags & 4 ? 8 : 0) + (flags & 16 ? 1 : 0));
  const name = file.text(message.take(message.uint(2 ** (flags & 3))));
  if (type === HARD) {
    const address = message.address();
    if (address === undefined) throw message.damaged();
    links.set(name, { kind: 'hard', address });
  } else if (type === SOFT) {
    links.set(name, { kind: 'soft', path: file.text(message.take(message.u16())) });
  } else links.set(name, { kind: 'outside' });
}
