import { expect, it } from 'vitest';
import { readOpset, writeOpsets } from '../../../shared/onnx/wire/opset.ts';
import { encodeMessage } from '../_oracle.ts';
import { readerOf, writtenBytes } from './_messages.ts';

function read(...sets: readonly { domain?: string; version?: number | string }[]) {
  const reader = readerOf(encodeMessage('ModelProto', { opset_import: sets }));
  const opsets = new Map<string, number>();
  while (reader.next()) readOpset(reader, opsets);
  return opsets;
}

it('reads domains, with one name for ai.onnx', () => {
  const opsets = read({ domain: 'ai.onnx', version: 17 }, { domain: 'com.microsoft', version: 1 });
  expect([...opsets]).toEqual([
    ['', 17],
    ['com.microsoft', 1],
  ]);
  const written = writtenBytes((sink, map) => writeOpsets(sink, 8, map), opsets);
  const reader = readerOf(written);
  const again = new Map<string, number>();
  while (reader.next()) readOpset(reader, again);
  expect(again).toEqual(opsets);
});

it('takes a domain twice only with one version', () => {
  expect(read({ version: 17 }, { domain: 'ai.onnx', version: 17 })).toEqual(new Map([['', 17]]));
  expect(() => read({ version: 17 }, { domain: 'ai.onnx', version: 18 })).toThrow(
    'versions 17 and 18',
  );
});

it('refuses versions that are no exact numbers', () => {
  expect(() => read({ version: '9223372036854775807' })).toThrow('beyond what is exact');
});
