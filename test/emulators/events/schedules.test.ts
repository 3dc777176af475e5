import { expect, it } from 'vitest';
import { Schedules } from './schedules.ts';

const delivered: [string, string][] = [];
const schedules = new Schedules(async (arn, payload) => {
  delivered.push([arn, payload]);
});
const schedule = { name: 'nightly', arn: 'arn:s', expression: 'rate(1 day)', isEnabled: false };

it('fires by hand, with the keywords of its input filled', async () => {
  const input =
    '{"a":"<aws.scheduler.schedule-arn>","t":"<aws.scheduler.scheduled-time>","x":"<x>"}';
  schedules.add({ ...schedule, target: { arn: 'f', input } });
  await schedules.fire('nightly');
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(delivered.map(([arn, payload]) => [arn, JSON.parse(payload)])).toEqual([
    ['f', { a: 'arn:s', t: time, x: '<x>' }],
  ]);
});

it('names what there is where the name is unknown', async () => {
  await expect(schedules.fire('daily')).rejects.toThrow("No schedule 'daily' (nightly)");
});
