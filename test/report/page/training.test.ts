import { expect, test } from 'vitest';
import { html } from '../../../shared/report/page/html.ts';
import { trainingSection } from '../../../shared/report/page/training.ts';
import type { VariantRow } from '../../../shared/report/schema.ts';
import { makeModel, makeRow } from '../make-report.ts';
import { makeTraining } from '../make-training.ts';
import { textOf } from './tags.ts';

const section = (...rows: Partial<VariantRow>[]): string =>
  html`${trainingSection(makeModel({ variants: [makeRow(), ...rows.map(makeRow)] }))}`.toString();

test('a curve for learning, one for validation, and the best epoch', () => {
  const page = section({ name: 'slim-50', training: [makeTraining()] });
  const [wide = ''] = page.match(/<svg class="plot wide".*?<\/svg>/s) ?? [];
  expect(wide.match(/<path class="curve /g)).toHaveLength(2);
  expect(wide).toContain('<circle class="best"');
  expect(textOf(page)).toContain('epoch 2 of 3 was the best');
  // The validation curve begins with the state before the first epoch.
  const points = /class="curve checked" d="([^"]*)"/.exec(wide)?.[1]?.split(/[ML]/).slice(1);
  expect(points).toHaveLength(4);
});

test('every state is a line of a table', () => {
  const text = textOf(section({ name: 'slim-50', training: [makeTraining()] }));
  expect(text).toContain('at the start 0.110 97.0%');
  expect(text).toContain('with normalizations re-estimated, nothing trained 0.900 74.0%');
});

test('the same student on labels alone has a drawing of its own: its loss is another one', () => {
  const withoutTeacher = {
    loss: 'cross-entropy alone',
    epochs: [{ epoch: 1, loss: 0.5, validation: 0.6 }],
    metric: 'top1',
    value: 0.9,
    difference: 0.01,
    samples: 300,
    verdict: 'inconclusive' as const,
  };
  const page = section({ name: 'distilled', training: [makeTraining({ withoutTeacher })] });
  expect(page.match(/<svg class="plot wide"/g)).toHaveLength(2);
  expect(page).toContain('↑ cross-entropy alone');
  expect(textOf(page)).toContain('The same student on labels alone');
});

test('a variant for several targets was trained once', () => {
  const training = [makeTraining()];
  const page = section({ name: 'slim-50', training }, { name: 'slim-50', target: 'ort', training });
  expect(page.match(/<details/g)).toHaveLength(1);
});

test('one epoch that went wrong does not flatten the others', () => {
  const epochs = [
    { epoch: 1, loss: 0.5, validation: 0.5 },
    { epoch: 2, loss: 0.4, validation: 0.4 },
    { epoch: 3, loss: 1e6, validation: 1e6 },
  ];
  const page = section({ name: 'slim-50', training: [makeTraining({ epochs, states: [] })] });
  const ticks = [...page.matchAll(/text-anchor="end">([^<]+)</g)].map(([, text]) => Number(text));
  const known = ticks.filter((tick) => !Number.isNaN(tick));
  expect(known.length).toBeGreaterThan(3);
  expect(Math.max(...known)).toBeLessThan(10);
});

test('a network and its precision are two curves', () => {
  const training = [makeTraining(), makeTraining({ name: 'int8-qat' })];
  const text = textOf(section({ name: 'slim-50+int8-qat', training }));
  expect(text).toContain('slim-50+int8-qat: slim-50');
  expect(text).toContain('slim-50+int8-qat: int8-qat');
});

test('nothing where nothing was trained', () => {
  expect(section({ name: 'int8' })).toBe('');
});
