/** Lookup tables that are filled on loading, as nodes `LookupTable` over two constants: keys and values. */
import { readFileSync, statSync } from 'node:fs';
import { InputError, LimitError, ModelError } from '../../base/errors.ts';
import { findInside } from '../../base/inside-folder.ts';
import type { ElementType } from '../../onnx/element-type.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { numberTensor } from '../build/number-tensor.ts';
import { Unconvertible } from '../build/unconvertible.ts';
import { intAttribute, stringAttribute, typeAttribute } from '../tf/attributes.ts';
import type { RawNode } from '../tf/proto/node.ts';
import type { TfNode } from '../tf/tf-graph.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Origin, Setting } from './initial-values.ts';
import { unavailable } from './variables.ts';

const TABLES = new Set(['HashTable', 'HashTableV2', 'MutableHashTable', 'MutableHashTableV2']);

export const isTable = ({ op }: Pick<TfNode, 'op'>): boolean => TABLES.has(op);

/** A vocabulary has a few hundred thousand lines (CWE-789). */
const MAX_ASSET_BYTES = 64 * 2 ** 20;

/** What {@link tableNodes} needs to know of all tables. */
export interface TableSources {
  readonly checkpoint: Checkpoint | undefined;
  /** What fills tables on loading, by node. */
  readonly settings: ReadonlyMap<string, Setting>;
  /** The path of the asset that a node of the main graph stands for. */
  readonly assetOf: (node: string) => string | undefined;
}

/** The table and its constants; the node itself, with a reason, when its entries are not in the model. */
export function tableNodes(node: RawNode, sources: TableSources): readonly TfNode[] {
  const setting = sources.settings.get(node.name);
  if (!setting) return [unavailable(node, 'nothing in the model fills it')];
  try {
    const [keys, values] = entriesOf(node, setting, sources);
    const parts = [keys, values].map((tensor, index): TfNode => {
      const attributes = new Map([['value', { kind: 'tensor', value: tensor } as const]]);
      return {
        name: `${node.name}/${index === 0 ? 'keys' : 'values'}`,
        op: 'Const',
        inputs: [],
        attributes,
      };
    });
    const inputs = parts.map(({ name }) => name);
    return [...parts, { name: node.name, op: 'LookupTable', inputs, attributes: new Map() }];
  } catch (error) {
    if (error instanceof Unconvertible) return [unavailable(node, error.message)];
    throw error;
  }
}

function entriesOf(
  node: RawNode,
  setting: Setting,
  { checkpoint, assetOf }: TableSources,
): readonly [StoredTensor, StoredTensor] {
  const [first, second] = setting.origins;
  if (setting.op.includes('TextFile')) {
    const asset = first?.kind === 'node' ? assetOf(first.name) : undefined;
    if (asset === undefined) throw new Unconvertible('it is filled from a file that is no asset');
    return linesOf(asset, node, setting);
  }
  const tensorOf = (origin: Origin | undefined): StoredTensor => {
    if (origin?.kind === 'constant') return origin.tensor;
    if (origin?.kind === 'checkpoint' && checkpoint)
      return checkpoint.tensor(origin.key, origin.slice);
    throw new Unconvertible('its entries are computed while the model is loaded');
  };
  return [tensorOf(first), tensorOf(second)];
}

/** Which part of a line is a key or value. Source: `kWholeLine`, `kLineNumber`, lookup_util.cc. */
const WHOLE_LINE = -2;
const LINE_NUMBER = -1;

function linesOf(
  path: string,
  node: RawNode,
  { attributes, op }: Setting,
): readonly [StoredTensor, StoredTensor] {
  const setter = { name: node.name, op, inputs: [], attributes };
  const size = intAttribute(setter, 'vocab_size', -1);
  const lines = readLines(path).slice(intAttribute(setter, 'offset', 0));
  const used = size < 0 ? lines : lines.slice(0, size);
  const delimiter = stringAttribute(setter, 'delimiter', '\t');
  const column = (attribute: string, type: ElementType): StoredTensor => {
    const index = intAttribute(setter, attribute, WHOLE_LINE);
    if (index === LINE_NUMBER)
      return numbers(
        used.map((_, line) => line),
        type,
      );
    const texts = used.map((line) =>
      index === WHOLE_LINE ? line : (line.split(delimiter)[index] ?? ''),
    );
    return type === 'string' ? textTensor(texts) : numbers(texts.map(toNumber), type);
  };
  return [
    column('key_index', typeAttribute(node, 'key_dtype')),
    column('value_index', typeAttribute(node, 'value_dtype')),
  ];
}

function numbers(values: readonly number[], type: ElementType): StoredTensor {
  if (type === 'string') throw new Unconvertible('its keys are numbers of lines as text');
  if (!values.every(Number.isFinite)) throw new Unconvertible('its asset holds more than numbers');
  return numberTensor(values, type);
}

/** An empty text is no number. */
const toNumber = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

const textTensor = (texts: readonly string[]): StoredTensor => ({
  name: '',
  type: 'string',
  dims: [texts.length],
  storage: { kind: 'strings', values: texts.map((text) => new TextEncoder().encode(text)) },
});

/** The line end at the end of the file begins no further line. */
function readLines(path: string): string[] {
  const { size } = statSync(path);
  if (size > MAX_ASSET_BYTES)
    throw new LimitError(`${path} has ${size} bytes; assets of up to ${MAX_ASSET_BYTES} are read`);
  const lines = readFileSync(path, 'utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/**
 * The path of an asset, which lies in the folder `assets` of the model.
 * @throws InputError when it is missing, ModelError when it would lead elsewhere
 */
export function assetPath(folder: string, name: string): string {
  const found = findInside(folder, `assets/${name}`);
  if (found.kind === 'file') return found.path;
  if (found.kind === 'missing')
    throw new InputError(`the file assets/${name.slice(0, 200)} of the model is missing`, {
      hint: 'Copy the whole folder of the model: a SavedModel is more than its saved_model.pb.',
    });
  throw new ModelError(`'${name.slice(0, 200)}' is no file in the folder assets of the model`);
}
