/** Version 2 B-trees of HDF5 files: records in nodes. Source: the specification, III.A.2. */
import type { Cursor, FileBytes } from './file-bytes.ts';

const WHAT = 'a tree';
/** Signature, version, type and checksum of a node. */
const NODE_BYTES = 10;
const ADDRESS_BYTES = 8;
/** With nodes of two records, deeper than files can be large (CWE-674). */
const MAX_DEPTH = 48;

interface Tree {
  readonly file: FileBytes;
  readonly type: number;
  readonly nodeBytes: number;
  readonly recordBytes: number;
  /** Bytes of the number of records in a node. */
  readonly countBytes: number;
  /** By level: bytes of the number of records in a node and below. */
  readonly totalBytes: readonly number[];
  readonly seen: Set<number>;
}

/** The records of a tree of that type, each once. @throws ModelError for a damaged tree */
export function* treeRecords(file: FileBytes, address: number, type: number): Generator<Cursor> {
  const head = file.read(address, 38, WHAT).expect('BTHD').version(0).version(type);
  const [nodeBytes, recordBytes, depth] = [head.u32(), head.u16(), head.u16()];
  // When nodes are split and merged.
  head.skip(2);
  const [root, count] = [head.address(), head.u16()];
  if (depth > MAX_DEPTH || recordBytes === 0) throw head.damaged();
  if (root === undefined) return;
  const { countBytes, totalBytes } = pointerSizes(nodeBytes, recordBytes, depth);
  const tree = {
    file,
    type,
    nodeBytes,
    recordBytes,
    countBytes,
    totalBytes,
    seen: new Set<number>(),
  };
  yield* nodeRecords(tree, root, count, depth);
}

function* nodeRecords(
  tree: Tree,
  address: number,
  count: number,
  level: number,
): Generator<Cursor> {
  const { file, type, nodeBytes, recordBytes, countBytes, seen } = tree;
  const node = file.read(address, nodeBytes, WHAT).expect(level === 0 ? 'BTLF' : 'BTIN');
  node.version(0).version(type);
  if (seen.has(address)) throw node.damaged();
  seen.add(address);
  for (let record = 0; record < count; record++) yield node.part(recordBytes);
  if (level === 0) return;
  for (let child = 0; child <= count; child++) {
    const [next, records] = [node.address(), node.uint(countBytes)];
    node.skip(tree.totalBytes[level - 1] ?? 0);
    if (next === undefined) throw node.damaged();
    yield* nodeRecords(tree, next, records, level - 1);
  }
}

/** As libhdf5 computes them: what the largest number of records takes. */
function pointerSizes(
  nodeBytes: number,
  recordBytes: number,
  depth: number,
): Pick<Tree, 'countBytes' | 'totalBytes'> {
  const leaf = Math.floor((nodeBytes - NODE_BYTES) / recordBytes);
  const countBytes = bytesFor(leaf);
  const totalBytes = [0];
  let total = leaf;
  for (let level = 1; level <= depth; level++) {
    const pointer = ADDRESS_BYTES + countBytes + (totalBytes[level - 1] ?? 0);
    const records = Math.floor((nodeBytes - NODE_BYTES - pointer) / (recordBytes + pointer));
    total = (records + 1) * total + records;
    totalBytes.push(bytesFor(total));
  }
  return { countBytes, totalBytes };
}

/** How many bytes a number up to this limit takes. */
export const bytesFor = (limit: number): number =>
  limit < 1 ? 1 : Math.min(8, Math.floor(Math.log2(limit) / 8) + 1);
