import { describe, expect, it } from 'vitest';
import { NUMBERS_MAX_BYTES } from '../../../action/inputs.ts';
import { parseNumbers } from '../../../action/numbers/schema.ts';
import { InputError } from '../../../shared/base/errors.ts';

const row = {
  variant: 'int8',
  target: 'onnx',
  hardware: 'x64',
  status: 'done',
  latency: { ms: 1, ratio: 1, low: 0.9, high: 1.1, sessions: 20, threads: 1, isPaired: true },
};
const withRow = (change: object): string =>
  JSON.stringify({
    version: 1,
    cores: 2,
    seconds: 1,
    models: [
      { key: 'ab'.repeat(8), samples: { isSynthetic: true }, rows: [{ ...row, ...change }] },
    ],
  });

describe('parseNumbers', () => {
  it.each(['model', 'float32', 'int8-dynamic', 'pruned-50+int8', 'auto'])(
    'takes the variant %s',
    (variant) => {
      expect(parseNumbers(withRow({ variant })).models[0]?.rows[0]?.variant).toBe(variant);
    },
  );

  it.each([
    ['a variant of no grammar', { variant: 'int8 [x](http://e)' }],
    ['another case', { variant: 'INT8' }],
    ['an unknown hardware', { hardware: '@all' }],
    ['an unknown member', { reason: 'text' }],
    ['a negative size', { size: { bytes: -1 } }],
    ['a half byte', { size: { bytes: 1.5 } }],
    ['an interval without its number', { latency: { ...row.latency, low: 1.05 } }],
    ['an endless latency', { latency: { ...row.latency, ms: 1e12 } }],
    ['no latency at all', { latency: { ...row.latency, ms: 0 } }],
    ['a metric by name', { accuracy: { metric: 'x.js', value: 1, samples: 1 } }],
    ['an exit code of nobody', { code: 9 }],
  ])('refuses %s', (_, change) => {
    expect(() => parseNumbers(withRow(change))).toThrow(InputError);
  });

  it.each([
    ['numbers beyond doubles', withRow({}).replace('"ms":1', '"ms":1e999')],
    ['text', 'no JSON'],
    ['a list', '[]'],
    ['null', 'null'],
    ['too much', `"${'x'.repeat(NUMBERS_MAX_BYTES)}"`],
    ['deep nesting', '['.repeat(50_000) + ']'.repeat(50_000)],
    ['another version', withRow({}).replace('"version":1', '"version":2')],
  ])('refuses %s', (_, text) => {
    expect(() => parseNumbers(text)).toThrow(InputError);
  });

  it('names the place, never what stood there', () => {
    expect(() => parseNumbers(withRow({ EVIL: 'EVIL' }))).toThrow(/models\.0\.rows\.0$/);
    try {
      parseNumbers(withRow({ EVIL: 'EVIL', variant: 'EVIL' }));
    } catch (error) {
      expect(String(error)).not.toContain('EVIL');
    }
  });
});
