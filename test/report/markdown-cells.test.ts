import { expect, test } from 'vitest';
import { factCell, tableOf } from '../../shared/report/markdown-cells.ts';
import type { Fact } from '../../shared/report/row-facts.ts';
import type { Gate } from '../../shared/report/schema.ts';

const slower: Fact = {
  value: '2.2 ms',
  base: '2.0 ms',
  change: '+10.0%',
  interval: '[+8.0%, +12.0%]',
  arrow: '↑',
  word: 'slower',
  tone: 'bad',
};
const gate = (result: Gate['result'], budget?: string): Gate => ({
  variant: 'int8',
  target: 'onnx',
  hardware: 'x64',
  metric: 'latency',
  result,
  sentence: '',
  ...(budget === undefined ? {} : { budget }),
});
const calm = (text: string): string => text.replaceAll('\u00a0', ' ');

test.each([
  ['nothing measured', undefined, { hasBase: true, hasWord: true }, ''],
  ['alone', { value: '3 B', tone: 'none' }, { hasBase: true, hasWord: true }, '3 B'],
  [
    'base, change, interval, and the budget in place of the word',
    slower,
    { hasBase: true, hasWord: true, gate: gate('broken', '-5%') },
    '2.0 ms → 2.2 ms<br>↑ +10.0% [+8.0, +12.0]<br>❌ budget −5%',
  ],
  [
    'a verdict without a budget says nothing of one',
    slower,
    { hasBase: false, hasWord: true, gate: gate('broken') },
    '2.2 ms<br>↑ +10.0% [+8.0, +12.0]<br>**slower**',
  ],
  [
    'the same on both sides, under the name of its metric',
    { value: '1 B', base: '1 B', change: '±0%', arrow: '≈', word: 'same', tone: 'same' },
    { hasBase: true, hasWord: true, title: 'top-1' },
    'top-1<br>1 B<br>≈ ±0%<br>same',
  ],
  [
    'short',
    slower,
    { hasBase: true, hasWord: true, isShort: true, gate: gate('inconclusive', '+5%') },
    '2.0 ms → 2.2 ms ↑ +10.0% ⚠️',
  ],
  [
    'a budget that a stranger wrote',
    slower,
    { hasBase: false, hasWord: false, gate: gate('kept', '5\n| <b>MB') },
    '2.2 ms<br>↑ +10.0% [+8.0, +12.0]<br>✅ budget 5 `\\| <b>MB`',
  ],
] as const)('%s', (_, fact, options, cell) => {
  expect(calm(factCell(fact, options))).toBe(cell);
});

test('a table', () => {
  expect(tableOf(['a', ''], [':--', '--:'], [['1', '2']])).toBe(
    '| a |  |\n| :-- | --: |\n| 1 | 2 |',
  );
});
