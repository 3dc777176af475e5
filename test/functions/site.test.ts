import { expect, it } from 'vitest';
import { readSettings } from '../../functions/settings.ts';
import { openSite } from '../../functions/site.ts';
import { digestBytes } from '../../shared/base/digest.ts';
import { makeTempDir } from '../../shared/base/files.ts';
import { silentLog } from '../../shared/base/log.ts';
import { withCloud } from './_cloud.ts';

const cloud = withCloud();

it('opens the buckets of the settings; an address that it gives reads what the store holds', async () => {
  const site = openSite(readSettings(), silentLog, makeTempDir('test'));
  await cloud().inbox.put('in', 'of the inbox');
  expect((await site.inbox.get('in'))?.bytes.length).toBe(12);
  expect([site.objects.name, site.outbox]).toEqual(['s3://outbox', 'outbox']);
  expect(site.measuresLatency).toBe(false);
  expect(site.runtime).toMatch(/^onnxruntime-node \d/);
  expect(site.machine.cpu).toBe(`AWS Lambda, ${process.arch}`);
  expect(site.otherMachines).toEqual([]);
  const digest = await site.store.putBytes('a blob');
  expect(digest).toBe(digestBytes('a blob'));
  const key = site.addresses.blobKey(digest);
  expect((await cloud().outbox.head(key))?.bytes).toBe(6);
  const answer = await fetch(await site.addresses.read({ key }));
  expect(await answer.text()).toBe('a blob');
});

it('a lane for another architecture is another machine', () => {
  const { lanes, ...settings } = readSettings();
  const name = process.arch === 'arm64' ? 'measure-x86_64' : 'measure-arm64';
  const other = { ...lanes, [name]: { memoryMb: 3538, seconds: 900 } };
  const site = openSite({ ...settings, lanes: other }, silentLog, makeTempDir('test'));
  const arch = process.arch === 'arm64' ? 'x64' : 'arm64';
  expect(site.otherMachines?.map(({ cpu }) => cpu)).toEqual([`AWS Lambda, ${arch}`]);
});
