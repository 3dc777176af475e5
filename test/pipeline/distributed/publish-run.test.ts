import { expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { keepsBudgets } from '../../../shared/pipeline/distributed/publish-run.ts';
import { makeModel, makeReport, makeRow } from '../../report/make-report.ts';
import { FolderObjects } from './_folder-objects.ts';

const reportOf = (bytes: number) => {
  const row = makeRow({ name: 'float32', size: { bytes } });
  const budgets = { float32: { size: '+5%' } };
  return makeReport({
    models: [makeModel({ name: 'm', ship: 'float32', budgets, variants: [row] })],
  });
};

/** Whether a run of 100 bytes may take the place of one with this report. */
async function keeps(former: unknown, own = reportOf(100)): Promise<boolean> {
  const objects = new FolderObjects(makeTempDir('test'));
  if (former !== undefined) await objects.put('r/report.json', JSON.stringify(former));
  return keepsBudgets({ run: 'r' }, own, objects);
}

it('a run takes the place of one that it is not worse than', async () => {
  expect(await keeps(reportOf(100))).toBe(true);
  expect(await keeps(reportOf(50))).toBe(false);
  expect(await keeps(reportOf(100), { ...reportOf(100), verdict: 'regressed' })).toBe(false);
});

it('of a later schema what is needed is read; what cannot be read waits for somebody', async () => {
  expect(await keeps({ ...reportOf(100), schema: 'fettle.report/2' })).toBe(true);
  expect(await keeps({ ...reportOf(50), schema: 'fettle.report/2' })).toBe(false);
  expect(await keeps({ schema: 'fettle.report/3', all: 'is new' })).toBe(false);
});

it('one that is gone forbids nothing', async () => {
  expect(await keeps(undefined)).toBe(true);
});
