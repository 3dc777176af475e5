import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withLists } from '../../scripts/write-formats-doc.ts';

const text = readFileSync('docs/formats.md', 'utf8');

test('the lists of docs/formats.md are those of the tables: node scripts/write-formats-doc.ts', () => {
  expect(withLists(text)).toBe(text);
});

test('they name what everybody asks for', () => {
  for (const name of [
    '`Conv2D`',
    '`MultiHeadAttention`',
    '`FusedBatchNormV3`',
    '`CONV_2D`',
    '`Matmul`',
  ])
    expect(text).toContain(name);
});
