import { afterAll, expect, test } from 'vitest';
import { firstFeeds } from '../../../shared/pipeline/steps/feeds.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { digitsWork } from '../digits-work.ts';

afterAll(closeSharedProcess);

test('the first judged sample; the same for the same split', async () => {
  const work = await digitsWork();
  const { model } = work.prepared;
  const feeds = () => firstFeeds(model, work.samples.refs, work.samples.split, work.tools());
  expect(await feeds()).toEqual(await feeds());
  const empty = await work.context.store.putBytes('{}');
  expect(await firstFeeds(model, work.samples.refs, empty, work.tools())).toEqual({});
});
