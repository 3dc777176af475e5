import { expect, it } from 'vitest';
import { readSettings } from '../../functions/settings.ts';

const lane = { memoryMb: 3538, seconds: 900 };
const ENVIRONMENT = {
  FETTLE_INBOX: 'inbox',
  FETTLE_OUTBOX: 'outbox',
  FETTLE_OPTIMIZE_ARN: 'arn:optimize',
  FETTLE_GATHER_ARN: 'arn:gather',
  FETTLE_MAX_JOBS: '5',
  FETTLE_QUIET_SECONDS: '0',
  FETTLE_KEEP_RUNS: '2',
  FETTLE_EVENT_BUS: 'default',
  FETTLE_LATENCY: 'off',
  FETTLE_LANES: JSON.stringify({ work: lane, measure: lane }),
};

it('reads what the stack sets', () => {
  expect(readSettings(ENVIRONMENT)).toEqual({
    inbox: 'inbox',
    outbox: 'outbox',
    optimizeArn: 'arn:optimize',
    gatherArn: 'arn:gather',
    maxJobs: 5,
    quietSeconds: 0,
    keepRuns: 2,
    eventBus: 'default',
    measuresLatency: false,
    lanes: { work: lane, measure: lane },
  });
});

it('knows the machine that renews orders where there is one', () => {
  expect(readSettings({ ...ENVIRONMENT, FETTLE_RENEW_ARN: 'arn:renew' }).renewArn).toBe(
    'arn:renew',
  );
});

it.each([
  ['FETTLE_OUTBOX', undefined],
  ['FETTLE_MAX_JOBS', 'many'],
  ['FETTLE_MAX_JOBS', '0'],
  ['FETTLE_LATENCY', 'yes'],
  ['FETTLE_LANES', JSON.stringify({ work: lane })],
])('names %s when it is %j', (name, value) => {
  expect(() => readSettings({ ...ENVIRONMENT, [name]: value })).toThrow(name);
});
