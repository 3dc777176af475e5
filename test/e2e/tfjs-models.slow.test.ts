/** Published models of TensorFlow.js, each converted and held against TensorFlow.js itself on a photograph. */
import { afterAll, expect, it } from 'vitest';
import { UnsupportedError } from '../../shared/base/errors.ts';
import { tfjsReference } from '../../shared/engines/references/tfjs.ts';
import { readTfjs } from '../../shared/formats/tfjs/read-tfjs.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { agree, type Comparison, isWithin } from '../formats/tfjs/_agree.ts';
import { photograph, removeUnpacked, TFJS_MODELS, TFJS_TOLERANCE } from './_tfjs-models.ts';

/** Of the models, so many must convert and agree. */
const WANTED_SHARE = 0.95;

/** What stays out, and the reason that Fettle gives. */
const REFUSED: Readonly<Record<string, RegExp>> = {};

const rows: Record<string, string | number>[] = [];
const agreed = new Set<string>();

afterAll(async () => {
  await closeSharedProcess();
  removeUnpacked();
  console.table(rows);
});

it.each(Object.keys(TFJS_MODELS))('%s', async (name) => {
  const path = TFJS_MODELS[name]?.() ?? '';
  const subject = { read: readTfjs, reference: tfjsReference, format: 'tfjs', path } as const;
  const reason = REFUSED[name];
  if (reason) {
    const reading = readTfjs(path, { shown: name });
    await expect(reading).rejects.toThrow(UnsupportedError);
    await expect(reading).rejects.toThrow(reason);
    rows.push({ model: name, result: 'refused' });
    return;
  }
  const comparison = await agree(subject, photograph);
  rows.push(rowOf(name, comparison));
  const differing = comparison.agreements.filter(
    (agreement) => !isWithin(agreement, TFJS_TOLERANCE),
  );
  expect(differing).toEqual([]);
  agreed.add(name);
});

it('almost all of them convert and agree', () => {
  expect(agreed.size / Object.keys(TFJS_MODELS).length).toBeGreaterThanOrEqual(WANTED_SHARE);
});

function rowOf(model: string, comparison: Comparison): Record<string, string | number> {
  const most = (which: 'error' | 'wobble'): string =>
    Math.max(...comparison.agreements.map((one) => one[which])).toExponential(1);
  return {
    model,
    result: most('error'),
    wobble: most('wobble'),
    'convert ms': Math.round(comparison.convertMs),
    'onnxruntime ms': Math.round(comparison.onnxMs),
    'TensorFlow.js ms': Math.round(comparison.referenceMs),
  };
}
