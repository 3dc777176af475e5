import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError, LimitError, ModelError } from '../../../shared/base/errors.ts';
import { readModelJson } from '../../../shared/formats/tfjs/model-json.ts';
import { folderOf, small } from './_model.ts';

describe('model.json', () => {
  test('is named itself, or by its folder', () => {
    const folder = folderOf(small);
    const path = join(folder, 'model.json');
    expect(readModelJson(folder)).toEqual({ json: small, path, folder });
    expect(readModelJson(path)).toEqual({ json: small, path, folder });
  });

  test.each<[string, string, new (...args: never[]) => Error, RegExp]>([
    ['cut off', '{"modelTopology": {"node": [', ModelError, /is no JSON/],
    ['a list', '[]', InputError, /holds no object/],
    ['empty', '', ModelError, /is no JSON/],
  ])('%s is refused', (_, text, type, message) => {
    const folder = folderOf(text);
    expect(() => readModelJson(folder, 'm')).toThrow(type);
    expect(() => readModelJson(folder, 'm')).toThrow(message);
  });

  test('one that is missing, or far too large, is refused', () => {
    expect(() => readModelJson('/nowhere/model.json')).toThrow(InputError);
    const folder = folderOf({});
    writeFileSync(join(folder, 'model.json'), '{}');
    truncateSync(join(folder, 'model.json'), 2 ** 30);
    expect(() => readModelJson(folder)).toThrow(LimitError);
  });
});
