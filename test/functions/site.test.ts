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
  const digest = await site.store.putBytes('a blob');
  expect(digest).toBe(digestBytes('a blob'));
  const key = site.addresses.blobKey(digest);
  expect((await cloud().outbox.head(key))?.bytes).toBe(6);
  const answer = await fetch(await site.addresses.read({ key }));
  expect(await answer.text()).toBe('a blob');
});
