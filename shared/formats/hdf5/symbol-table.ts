/** Groups as HDF5 libraries write them by default: a tree of tables, and their names in a heap. Source: III.A.1, B and D. */
import type { Cursor, FileBytes } from './file-bytes.ts';
import type { Link, Links } from './link.ts';

const WHAT = 'a group';
const GROUP_NODES = 0;
const NODE_HEAD_BYTES = 24;
const ENTRY_BYTES = 40;
/** What an entry keeps beside its address: nothing, parts of a group, or the place of a path. */
const SOFT_LINK = 2;

/** @throws ModelError for a damaged one */
export function readSymbolTable(file: FileBytes, message: Cursor): Links {
  const [tree, heapAddress] = [message.address(), message.address()];
  const heap = readHeap(file, heapAddress);
  const links = new Map<string, Link>();
  for (const table of treeLeaves(file, tree)) readEntries(file, table, heap, links);
  return links;
}

/** All names of the group, each with a zero behind it. */
function readHeap(file: FileBytes, address: number | undefined): Uint8Array {
  const head = file.read(address, 32, WHAT).expect('HEAP').version(0).skip(3);
  const length = head.u64();
  // Where free space begins.
  return file.read(head.skip(8).address(), length, WHAT).rest();
}

/** The tables below the nodes of a tree, from left to right. */
function* treeLeaves(
  file: FileBytes,
  address: number | undefined,
  seen = new Set<number>(),
  below = 256,
): Generator<number | undefined> {
  const head = file.read(address, NODE_HEAD_BYTES, WHAT).expect('TREE').version(GROUP_NODES);
  const [level, count] = [head.u8(), head.u16()];
  if (address === undefined || seen.has(address) || level >= below) throw head.damaged();
  seen.add(address);
  const entries = file.read(address + NODE_HEAD_BYTES, count * 16, WHAT);
  for (let entry = 0; entry < count; entry++) {
    // Before each child stands the last name of the one before.
    const child = entries.skip(8).address();
    if (level > 0) yield* treeLeaves(file, child, seen, level);
    else if (child === undefined || seen.has(child)) throw head.damaged();
    else {
      seen.add(child);
      yield child;
    }
  }
}

function readEntries(
  file: FileBytes,
  address: number | undefined,
  heap: Uint8Array,
  links: Map<string, Link>,
): void {
  const head = file.read(address, 8, WHAT).expect('SNOD').version(1);
  const count = head.skip(1).u16();
  const entries = file.read((address ?? 0) + 8, count * ENTRY_BYTES, WHAT);
  const nameAt = (offset: number): string => {
    const end = heap.indexOf(0, offset);
    if (offset >= heap.length || end < 0) throw entries.damaged();
    return file.text(heap.subarray(offset, end));
  };
  for (let entry = 0; entry < count; entry++) {
    const name = nameAt(entries.u64());
    const object = entries.address();
    const kind = entries.u32();
    const scratch = entries.skip(4).part(16);
    if (kind === SOFT_LINK) links.set(name, { kind: 'soft', path: nameAt(scratch.u32()) });
    else if (object === undefined) throw entries.damaged();
    else links.set(name, { kind: 'hard', address: object });
  }
}
