import { expect, test, vi } from 'vitest';
import { openInbox } from '../../../functions/gather/open-inbox.ts';
import { withCloud } from '../_cloud.ts';
import { collectingTelemetry } from '../_telemetry.ts';

withCloud();

test('what the stack says, and half a minute less than there is', () => {
  const telemetry = collectingTelemetry();
  const before = Date.now();
  const ports = openInbox(telemetry, { getRemainingTimeInMillis: () => 100_000 });
  expect([ports.bucket, ports.maxJobs, ports.quietSeconds]).toEqual(['inbox', 5, 1]);
  expect([ports.inbox.name, ports.outbox.name]).toEqual(['s3://inbox', 's3://outbox']);
  expect(ports.deadline - before).toBeGreaterThanOrEqual(70_000);
  expect(ports.deadline - before).toBeLessThan(75_000);
  ports.count('JobsStarted', 2);
  expect(telemetry.metrics).toEqual([['JobsStarted', 2]]);
  vi.stubEnv('FETTLE_INBOX', '');
  expect(() => openInbox(telemetry, { getRemainingTimeInMillis: () => 1 })).toThrow();
  vi.stubEnv('FETTLE_INBOX', 'inbox');
});
