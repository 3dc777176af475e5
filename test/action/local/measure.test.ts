import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { measure } from '../../../action/local/measure.ts';
import type { ComparedModel, Order } from '../../../action/local/order.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';

afterAll(closeSharedProcess);
const root = makeTempDir('measure');
const headRoot = join(root, 'head');
mkdirSync(headRoot);
writeFileSync(join(headRoot, 'broken.onnx'), 'no model');

const broken: ComparedModel = {
  name: 'broken',
  source: 'broken.onnx',
  isNew: true,
  settings: {},
  folder: '',
  where: 'fettle.yml:2',
  candidates: [],
};
const order: Order = {
  models: [
    { removed: { name: 'gone', path: 'gone.onnx', bytes: 7 } },
    broken,
    { ...broken, name: 'odd', settings: { data: { metric: 'top9' } }, isNew: false },
  ],
  comparison: { head: { label: 'change', commit: 'a'.repeat(40) } },
  headRoot,
  baseRoot: join(root, 'base'),
  isTrusted: true,
  storeFolder: join(root, 'store'),
  out: join(root, 'out'),
  keepsArtifacts: false,
};

test('what is wrong with a model, or said of it, is a row; the page and the report are written', async () => {
  const report = await measure(order, () => {});
  expect(report.models).toMatchObject([
    { name: 'gone', change: 'removed', verdict: 'ok' },
    { name: 'broken', change: 'added', verdict: 'failed', code: 2 },
    { name: 'odd', verdict: 'failed', code: 2, reason: expect.stringContaining('top9') },
  ]);
  expect(report.comparison).toEqual({ kind: 'variants', head: order.comparison.head });
  expect(JSON.stringify(report)).not.toContain(headRoot);
  expect(JSON.parse(readFileSync(join(order.out, 'report.json'), 'utf8'))).toEqual(report);
  expect(existsSync(join(order.out, 'report.html'))).toBe(true);
});
