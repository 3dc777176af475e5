/**
 * The fuzzer's addon for Linux is linked against glibc 2.38 and libstdc++ 13, of which it uses three
 * names that older systems (Debian 12) have in another form: `__isoc23_strtol` and `__isoc23_strtoul`
 * are `strtol` and `strtoul` with binary literals, and `std::ios_base_library_init` is named only to
 * have the library linked. A copy of the addon with those three names changed runs there.
 *
 * Source: System V ABI (ELF-64, dynamic symbols) and LSB "Symbol Versioning".
 */

const SYMBOL_BYTES = 24;
const WEAK = 2;
/** Versions that a library may lack without being refused. */
const VERSION_IS_WEAK = 2;
/** The version of the base names, on x86-64. */
const BASE_VERSION = 'GLIBC_2.2.5';
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['__isoc23_strtol', 'strtol'],
  ['__isoc23_strtoul', 'strtoul'],
]);
const NEVER_CALLED = '_ZSt21ios_base_library_initv';
const TOO_NEW = ['GLIBC_2.38', 'GLIBCXX_3.4.32'];

interface Section {
  readonly offset: number;
  readonly size: number;
}

/** A copy of the shared library that asks for nothing newer than glibc 2.34. @throws Error when it is built otherwise. */
export function forOlderGlibc(library: Uint8Array): Uint8Array {
  const file = Buffer.from(library);
  if (file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1)
    throw new Error('not a little-endian ELF-64 file');
  const strings = sectionNamed(file, '.dynstr');
  const symbols = sectionNamed(file, '.dynsym');
  const versions = sectionNamed(file, '.gnu.version');
  const base = relaxVersions(file, sectionNamed(file, '.gnu.version_r'), strings);
  for (let index = 0; index * SYMBOL_BYTES < symbols.size; index++) {
    const symbol = symbols.offset + index * SYMBOL_BYTES;
    const nameOffset = file.readUInt32LE(symbol);
    const name = textAt(file, strings.offset + nameOffset);
    const other = RENAMED.get(name);
    if (other !== undefined) {
      // The old name is the end of the new one: no text has to be added.
      file.writeUInt32LE(nameOffset + name.length - other.length, symbol);
      file.writeUInt16LE(base, versions.offset + 2 * index);
    } else if (name === NEVER_CALLED) {
      file.writeUInt8((WEAK << 4) | (file.readUInt8(symbol + 4) & 15), symbol + 4);
    }
  }
  return file;
}

/** Marks the versions that are too new as dispensable; gives the index of the base version. */
function relaxVersions(file: Buffer, needed: Section, strings: Section): number {
  let base: number | undefined;
  for (let library = needed.offset, next = 1; next !== 0; library += next) {
    next = file.readUInt32LE(library + 12);
    let version = library + file.readUInt32LE(library + 8);
    for (let count = file.readUInt16LE(library + 2); count > 0; count--) {
      const name = textAt(file, strings.offset + file.readUInt32LE(version + 8));
      if (name === BASE_VERSION) base ??= file.readUInt16LE(version + 6);
      if (TOO_NEW.includes(name)) file.writeUInt16LE(VERSION_IS_WEAK, version + 4);
      version += file.readUInt32LE(version + 12);
    }
  }
  if (base === undefined) throw new Error(`nothing of ${BASE_VERSION} is used`);
  return base;
}

function sectionNamed(file: Buffer, wanted: string): Section {
  const table = Number(file.readBigUInt64LE(40));
  const entry = (index: number): number => table + 64 * index;
  const names = Number(file.readBigUInt64LE(entry(file.readUInt16LE(62)) + 24));
  for (let index = 0; index < file.readUInt16LE(60); index++) {
    const at = entry(index);
    if (textAt(file, names + file.readUInt32LE(at)) !== wanted) continue;
    return {
      offset: Number(file.readBigUInt64LE(at + 24)),
      size: Number(file.readBigUInt64LE(at + 32)),
    };
  }
  throw new Error(`there is no section ${wanted}`);
}

function textAt(file: Buffer, offset: number): string {
  return file.toString('latin1', offset, file.indexOf(0, offset));
}
