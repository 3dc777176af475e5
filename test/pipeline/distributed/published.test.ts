import { expect, test } from 'vitest';
import type { Pointer } from '../../../shared/pipeline/distributed/pointers.ts';
import { isPublished } from '../../../shared/pipeline/distributed/published.ts';
import { TestBucket } from './_listing.ts';

const pointer = (request: string): string => {
  const text: Pointer = {
    run: 'r',
    sourceVersion: 's',
    publishedAt: 'p',
    verdict: 'ok',
    files: {},
    request,
    jobKey: 'k',
    toolchain: { tool: '1', runtime: 'r', steps: 's' },
  };
  return JSON.stringify(text);
};

test('by the latest run, or the candidate', async () => {
  const outbox = new TestBucket();
  expect(await isPublished(outbox, 'a/b', 'jobs/1.json')).toBe(false);
  outbox.drop('models/a/b/latest.json', pointer('jobs/1.json'));
  outbox.drop('models/a/b/candidate.json', pointer('jobs/2.json'));
  expect(await isPublished(outbox, 'a/b', 'jobs/1.json')).toBe(true);
  expect(await isPublished(outbox, 'a/b', 'jobs/2.json')).toBe(true);
  expect(await isPublished(outbox, 'a/b', 'jobs/3.json')).toBe(false);
  expect(await isPublished(outbox, 'a', 'jobs/1.json')).toBe(false);
});
