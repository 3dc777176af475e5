import { expect, test } from 'vitest';
import { parseRecord } from '../../../shared/pipeline/store/parse-record.ts';

test('a record comes back', () => {
  const record = { step: 's', version: 1, key: 'k', output: null, blobs: [], seconds: 1 };
  expect(parseRecord(JSON.stringify(record))).toEqual(record);
});

test.each(['', 'no json', 'null', '[]', '{}', '{"output": 1}', '{"output": 1, "blobs": "x"}'])(
  '%j is none',
  (text) => {
    expect(parseRecord(text)).toBeUndefined();
  },
);
