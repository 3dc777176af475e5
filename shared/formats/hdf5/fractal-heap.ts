/**
 * Where new HDF5 files keep links and attributes that are too many for a header. The blocks of a heap grow row by row
 * and stand in tables of tables. Source: the specification, III.G.
 */
import { bytesFor, treeRecords } from './b-tree.ts';
import { Cursor, type FileBytes, refused } from './file-bytes.ts';

const WHAT = 'a heap';
/** Records of objects that are too large for a block: an address, a length and a number. */
const HUGE_OBJECTS = 1;
const KIND = { managed: 0, huge: 1, tiny: 2 } as const;

/** An open heap. */
export class FractalHeap {
  readonly #file: FileBytes;
  readonly #width: number;
  readonly #startBytes: number;
  readonly #maxDirectBytes: number;
  readonly #offsetBytes: number;
  readonly #lengthBytes: number;
  readonly #root: number | undefined;
  /** Of the table at the root; a single block has none. */
  readonly #rows: number;
  readonly #hugeTree: number | undefined;
  #huge: ReadonlyMap<number, readonly [number | undefined, number]> | undefined;

  /** @throws ModelError for a damaged one, UnsupportedError for one whose blocks are packed */
  constructor(file: FileBytes, address: number) {
    const head = file.read(address, 142, WHAT).expect('FRHP').version(0);
    const filterBytes = head.skip(2).u16();
    const maxManaged = head.skip(1).u32();
    this.#hugeTree = head.skip(8).address();
    // Free space, and how much of everything there is.
    head.skip(10 * 8);
    this.#width = head.u16();
    this.#startBytes = head.u64();
    this.#maxDirectBytes = head.u64();
    const bits = head.u16();
    this.#root = head.skip(2).address();
    this.#rows = head.u16();
    if (filterBytes > 0) throw refused(file.name, 'packs the names in its groups');
    const isUsual =
      isPower(this.#width) && isPower(this.#startBytes) && isPower(this.#maxDirectBytes);
    if (!isUsual || bits > 64 || this.#maxDirectBytes < this.#startBytes) throw head.damaged();
    this.#file = file;
    this.#offsetBytes = Math.ceil(bits / 8);
    this.#lengthBytes = Math.min(
      Math.ceil(Math.log2(this.#maxDirectBytes) / 8),
      bytesFor(maxManaged),
    );
  }

  /** What an entry of a group's or an object's tree stands for. @throws ModelError */
  object(id: Cursor): Cursor {
    const flags = id.u8();
    switch ((flags >> 4) & 3) {
      case KIND.managed:
        return this.#managed(id.uint(this.#offsetBytes), id.uint(this.#lengthBytes));
      case KIND.huge: {
        const [address, length] = this.#hugeObject(id.uint(Math.min(8, id.left)));
        return this.#file.read(address, length, WHAT);
      }
      case KIND.tiny:
        return id.part((flags & 0x0f) + 1);
      default:
        throw id.damaged();
    }
  }

  #hugeObject(number: number): readonly [number | undefined, number] {
    if (!this.#huge) {
      const found = new Map<number, readonly [number | undefined, number]>();
      if (this.#hugeTree !== undefined)
        for (const record of treeRecords(this.#file, this.#hugeTree, HUGE_OBJECTS)) {
          const place = [record.address(), record.u64()] as const;
          found.set(record.u64(), place);
        }
      this.#huge = found;
    }
    return this.#huge.get(number) ?? [undefined, 0];
  }

  /** `offset` counts through the heap's blocks, whatever stands in them. */
  #managed(offset: number, length: number): Cursor {
    let block = this.#root;
    let within = offset;
    let rows = this.#rows;
    while (rows > 0) {
      const { row, column, start, bytes } = this.#cell(within);
      if (row >= rows) throw new Cursor(this.#file.name, WHAT, new Uint8Array()).damaged();
      block = this.#entry(block, row * this.#width + column);
      within -= start;
      // Above the largest blocks stand tables, of as many rows as make up their size.
      rows =
        bytes > this.#maxDirectBytes ? Math.log2(bytes / this.#startBytes / this.#width) + 1 : 0;
    }
    return this.#file.read(block === undefined ? undefined : block + within, length, WHAT);
  }

  /** Rows one and two have blocks of the first size, every later one of twice that of the row before. */
  #cell(offset: number): { row: number; column: number; start: number; bytes: number } {
    const rowBytes = this.#startBytes * this.#width;
    const row = offset < rowBytes ? 0 : Math.floor(Math.log2(offset / rowBytes)) + 1;
    const bytes = this.#startBytes * 2 ** Math.max(0, row - 1);
    const rowStart = row === 0 ? 0 : rowBytes * 2 ** (row - 1);
    const column = Math.floor((offset - rowStart) / bytes);
    return { row, column, start: rowStart + column * bytes, bytes };
  }

  /** Signature, version, the heap's address and the table's place in it come before its entries. */
  #entry(table: number | undefined, index: number): number | undefined {
    this.#file.read(table, 5, WHAT).expect('FHIB').version(0);
    const entries = (table ?? 0) + 5 + 8 + this.#offsetBytes;
    return this.#file.read(entries + index * 8, 8, WHAT).address();
  }
}

const isPower = (value: number): boolean => value >= 1 && Number.isInteger(Math.log2(value));
