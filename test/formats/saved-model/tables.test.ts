import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError, ModelError } from '../../../shared/base/errors.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import type { Origin, Setting } from '../../../shared/formats/saved-model/initial-values.ts';
import { assetPath, isTable, tableNodes } from '../../../shared/formats/saved-model/tables.ts';
import { readNode } from '../../../shared/formats/tf/proto/node.ts';
import { UNAVAILABLE_REASON } from '../../../shared/formats/tf/proto/unavailable.ts';
import { int64Tensor } from '../../../shared/onnx/make-tensor.ts';
import { tensorOf } from '../../../shared/onnx/tensor-data.ts';
import { attribute, node, readerOf } from '../tf/proto/_wire.ts';
import { modelFolder } from './_models.ts';

const file = join(makeTempDir('test'), 'words.txt');
writeFileSync(file, 'one 10\ntwo 20\nthree 30\n');

const INT64 = 9;
const TEXT = 7;
const constant = (...values: number[]): Origin => ({
  kind: 'constant',
  tensor: int64Tensor('', [values.length], values),
});

function convert(
  setting: Partial<Setting> | undefined,
  types: [number, number] = [INT64, INT64],
): unknown {
  const raw = readNode(
    readerOf(
      node(
        't = HashTableV2()',
        attribute.type('key_dtype', types[0]),
        attribute.type('value_dtype', types[1]),
      ),
    ),
  );
  const full = {
    target: 't',
    op: 'LookupTableImportV2',
    origins: [],
    attributes: new Map(),
    ...setting,
  };
  const nodes = tableNodes(raw, {
    checkpoint: undefined,
    settings: new Map(setting ? [['t', full]] : []),
    assetOf: (name) => (name === 'path' ? file : undefined),
  });
  const reason = nodes[0]?.attributes.get(UNAVAILABLE_REASON);
  if (reason?.kind === 'string') return reason.value;
  const [keys, values, table] = nodes;
  expect(table).toMatchObject({ name: 't', op: 'LookupTable', inputs: ['t/keys', 't/values'] });
  return [keys, values].map((own) => {
    const value = own?.attributes.get('value');
    return value?.kind === 'tensor'
      ? Array.from(tensorOf(value.value).data as string[], String)
      : undefined;
  });
}

const fromFile = (
  more: Readonly<Record<string, number | string>>,
  node = 'path',
): Partial<Setting> => ({
  op: 'InitializeTableFromTextFileV2',
  origins: [{ kind: 'node', name: node }],
  attributes: new Map(
    Object.entries(more).map(([name, value]) => [
      name,
      typeof value === 'string' ? { kind: 'string', value } : { kind: 'int', value },
    ]),
  ),
});

describe('tableNodes', () => {
  it('takes constants', () => {
    expect(convert({ origins: [constant(1, 2), constant(5, 6)] })).toEqual([
      ['1', '2'],
      ['5', '6'],
    ]);
  });

  it('takes lines and their numbers', () => {
    expect(convert(fromFile({ key_index: -2, value_index: -1 }), [TEXT, INT64])).toEqual([
      ['one 10', 'two 20', 'three 30'],
      ['0', '1', '2'],
    ]);
  });

  it('takes columns, of the first lines, behind an offset', () => {
    const setting = fromFile({
      key_index: 0,
      value_index: 1,
      delimiter: ' ',
      vocab_size: 1,
      offset: 1,
    });
    expect(convert(setting, [TEXT, INT64])).toEqual([['two'], ['20']]);
  });

  it.each<[string, Partial<Setting> | undefined, string]>([
    ['one that nothing fills', undefined, 'nothing in the model fills it'],
    [
      'computed entries',
      { origins: [undefined, undefined] },
      'its entries are computed while the model is loaded',
    ],
    [
      'entries of no checkpoint',
      { origins: [{ kind: 'checkpoint', key: 'k', slice: undefined }] },
      'its entries are computed while the model is loaded',
    ],
    ['another file', fromFile({}, 'elsewhere'), 'it is filled from a file that is no asset'],
    [
      'words for numbers',
      fromFile({ key_index: -2, value_index: -1 }),
      'its asset holds more than numbers',
    ],
    [
      'columns that are missing',
      fromFile({ key_index: 7, value_index: -1 }),
      'its asset holds more than numbers',
    ],
  ])('has a reason against %s', (_, setting, reason) => expect(convert(setting)).toBe(reason));

  it('has a reason against numbers of lines as text', () => {
    expect(convert(fromFile({ key_index: -1, value_index: -1 }), [TEXT, INT64])).toBe(
      'its keys are numbers of lines as text',
    );
  });
});

describe('assetPath', () => {
  const folder = modelFolder('module_tables');

  it('lies in assets', () => expect(assetPath(folder, 'ids.txt')).toMatch(/assets.ids\.txt$/));

  it('may be missing', () => expect(() => assetPath(folder, 'gone.txt')).toThrow(InputError));

  it.each(['../saved_model.pb', '/etc/passwd', 'a/../../saved_model.pb'])('never %s', (name) => {
    expect(() => assetPath(folder, name)).toThrow();
    expect(() => assetPath(folder, '../saved_model.pb')).toThrow(ModelError);
  });

  it('never through a link', () => {
    symlinkSync('/etc/passwd', join(folder, 'assets', 'link.txt'));
    expect(() => assetPath(folder, 'link.txt')).toThrow(ModelError);
  });
});

it('knows tables by their ops', () => {
  expect(['HashTableV2', 'MutableHashTable', 'Const'].map((op) => isTable({ op }))).toEqual([
    true,
    true,
    false,
  ]);
});
