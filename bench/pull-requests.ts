/**
 * What pull requests say on this machine, now, each measured for 3 s: of a model that was saved again (no alarm is
 * right), and of one that has 5 % more layers (`slower` is). `FETTLE_BENCH_RUNS=20` takes fewer than 200.
 */
import { countAlarms, countSlower } from '../test/action/_pull-requests.ts';

const runs = Number(process.env.FETTLE_BENCH_RUNS ?? 200);

const figures = [
  ['saved again: alarms', countAlarms, (count: number) => count <= runs / 100],
  ['5 % more layers: called slower', countSlower, (count: number) => count >= 0.95 * runs],
] as const;
for (const [what, count, isKept] of figures) {
  const counted = await count(runs);
  const holds = isKept(counted);
  console.log(`${what.padEnd(34)} ${counted} of ${runs}  ${holds ? 'holds' : 'BROKEN'}`);
  if (!holds) process.exitCode = 1;
}
