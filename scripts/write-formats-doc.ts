/** Writes the lists of docs/formats.md from the tables that convert: `node scripts/write-formats-doc.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { LAYER_FAMILIES, OPERATION_FAMILIES } from '../shared/formats/keras/layer-table.ts';
import { STRUCTURAL_OPS, VALUE_OPS } from '../shared/formats/tf/op-table.ts';
import { BUILTINS } from '../shared/formats/tflite/builtin-table.ts';
import { CUSTOM_OPERATORS } from '../shared/formats/tflite/builtins/custom.ts';

type Families = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Families whose entries exist to say why something is refused, or stand for no op of TensorFlow. */
const NOT_LISTED = new Set(['unavailable', 'controlNodes', 'tflite']);

const namesOf = (families: Families): string[] =>
  Object.entries(families)
    .filter(([family]) => !NOT_LISTED.has(family))
    .flatMap(([, table]) => Object.keys(table))
    // Ops of the converters' own making.
    .filter((name) => !/^_[A-Z]?[a-z]*Tflite|^_Tflite/.test(name))
    .sort((a, b) => (a < b ? -1 : 1));

/** Every list by the name of its place in the document. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  'keras-layers': namesOf(LAYER_FAMILIES),
  'keras-operations': namesOf(OPERATION_FAMILIES),
  'tensorflow-ops': [...namesOf(VALUE_OPS), ...namesOf(STRUCTURAL_OPS)].sort((a, b) =>
    a < b ? -1 : 1,
  ),
  'tflite-operators': [...namesOf(BUILTINS), ...Object.keys(CUSTOM_OPERATORS).sort()],
};

const place = (name: string): RegExp =>
  new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(\\n<!-- end -->)`);

/** The document with its lists as the tables are now. */
export function withLists(text: string): string {
  return Object.entries(LISTS).reduce((document, [name, items]) => {
    if (!place(name).test(document)) throw new Error(`docs/formats.md has no place for ${name}`);
    const list = `${items.length}: ${items.map((item) => `\`${item}\``).join(' ')}`;
    return document.replace(place(name), (_, start: string, end: string) => start + list + end);
  }, text);
}

if (import.meta.main) {
  const path = new URL('../docs/formats.md', import.meta.url);
  writeFileSync(path, withLists(readFileSync(path, 'utf8')));
}
